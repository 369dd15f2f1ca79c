"""The Stripe simulator: one account in one world, as a mapping from requests onto the ledger and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from paypact.cards.card import Card
from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import browser, methods, versions
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.errors import Refusal
from paypact.gateways.stripe.simulator.expand import check, expand
from paypact.gateways.stripe.simulator.requests import Call, Key, described, documented, presented_key
from paypact.gateways.stripe.simulator.routes import ROUTES, Route
from paypact.payments import Payment
from paypact.world.books import Entry
from paypact.world.codecs import decode_form
from paypact.world.http import NotSimulatedError, Request, Response
from paypact.world.ids import letters, placed
from paypact.world.notifications import Event
from paypact.world.parameters import Misfit, without_effect

FORM = "application/x-www-form-urlencoded"


class Stripe(Account):
    """The account as it is reached over HTTP and in a browser."""

    def handle(self, request: Request) -> Response:
        id_ = self.request_id = f"req_{letters(self.serial, 'request', next(self._ids), length=14)}"
        try:
            response = self._answer(request)
        except Refusal as refusal:
            response = refusal.response
        if isinstance(response.body, wire.ErrorBody) and "idempotent-replayed" not in response.headers:
            response.body.error.request_log_url = f"https://dashboard.stripe.com/test/logs/{id_}"
        version = request.headers.get("stripe-version", self.newest)
        response.headers |= {"content-type": "application/json", "request-id": id_, "stripe-version": version}
        if "idempotency-key" in request.headers:
            response.headers["idempotency-key"] = request.headers["idempotency-key"]
        return response

    def _answer(self, request: Request) -> Response:
        key, method, path = self._key(request), request.method, request.path
        where = f"Stripe {method} {path}"
        version = request.headers.get("stripe-version", self.newest)
        day = versions.simulated(version, self.newest)
        if day is None:
            raise NotSimulatedError(f"{where} in API version {version}")
        for header in ("stripe-account", "stripe-context"):
            if header in request.headers and request.headers[header] != self.merchant_id():  # Connect: another account
                raise NotSimulatedError(f"{where} with the header {header}")
        name, id_ = placed(described().endpoints, method, path)
        route = ROUTES.get(name)
        if route is None:
            if method == "GET" and path in self.others:
                return Response(200, self.others[path])
            if documented(method, path):
                raise NotSimulatedError(where)
            raise self.refuse("unrecognized_url", method=method, path=path)
        if key == "publishable" and not route.page:
            raise self.refuse("publishable_key")
        call = Call(key, path, id_, self._sent(request), day)
        token = request.headers.get("idempotency-key")
        return self._once(token, name, route, call) if token and method == "POST" else self._execute(name, route, call)

    def keep(self, request: Request, response: Response) -> None:
        token = request.headers.get("idempotency-key")
        if token and request.method == "POST":
            self.keys.overrule(token, request.path, self._sent(request), response)

    def _key(self, request: Request) -> Key:
        given = presented_key(request.headers.get("authorization", ""))
        if given is None:
            raise self.refuse("key_missing")
        own = self.credentials()
        if given in (own["secret_key"], own["publishable_key"]):
            return "secret" if given == own["secret_key"] else "publishable"
        raise self.failure("authentication", key=f"{given[:8]}{'*' * max(0, len(given) - 12)}{given[-4:]}")

    def _sent(self, request: Request) -> dict[str, Any]:
        if request.method in ("GET", "DELETE"):
            text = request.query
        elif request.headers.get("content-type", FORM).startswith(FORM) or not request.body:
            text = request.body.decode("utf-8", "replace")
        else:
            raise self.refuse("content_type")
        try:
            return decode_form(text)
        except ValueError as error:
            raise self.refuse("parameter_invalid_type", name="", type="request", value=str(error)) from None

    def _once(self, token: str, name: str, route: Route, call: Call) -> Response:
        """Carry a POST out at most once under its idempotency key."""
        if len(token) > self.facts.limits["idempotency_key"]:
            raise self.refuse("idempotency_key_long")
        sent, kept = call.params, self.keys.seen(token)
        if kept is not None:
            if kept.place != call.path:
                raise self.refuse("idempotency_endpoint", now=call.path, first=kept.place, key=token)
            if kept.asked != sent:
                raise self.refuse("idempotency_mismatch", key=token)
            first = kept.response
            again = {"idempotent-replayed": "true", "original-request": first.headers.get("request-id", "")}
            return Response(first.status, first.body, again, first.refused, first.unmodelled)
        try:
            response = self._execute(name, route, call)
        except Refusal as refusal:
            if refusal.stored:
                self.keys.keep(token, call.path, sent, refusal.response)
            raise
        self.keys.keep(token, call.path, sent, response)
        return response

    def _execute(self, name: str, route: Route, call: Call) -> Response:
        try:
            meant = versions.asked_for(call.version, name, call.params)
            call.params = self.parameters.typed(versions.taken(call.version, name, described().params[name]), meant)
        except Misfit as misfit:
            rule = "payment_method_types" if misfit.name == "payment_method_types" else f"parameter_{misfit.rule}"
            raise self.refuse(rule, name=misfit.name, **misfit.parts) from None
        call.unmodelled = without_effect(call.params, route.modelled)
        paths = check(self, route.reply, route.item, call)
        try:
            body = versions.render_for(self, call.version, route.handler(self, call))
        except Refusal as refusal:
            versions.render_for(self, call.version, refusal.response.body)
            raise
        for parts in paths:
            expand(self, body, parts, call.version)
        return Response(200, body, unmodelled=tuple(call.unmodelled))

    def error(self, word: str) -> Response:
        return self.failure(word, key="sk_test_****").response

    def tokenize(self, card: Card) -> str:
        return methods.keep(self, card).id

    def visit(self, place: str, payment: Payment, result: str) -> Mapping[str, str] | None:
        return browser.visit(self, place, payment, result)

    def claimed(self, place: str) -> Mapping[str, str]:
        return browser.claimed(self, place)

    def comes_back_to(self, place: str) -> str:
        return browser.comes_back_to(self, place)

    def notify(self, entry: Entry, version: str | None) -> Iterable[Event]:
        return self._kept(super().notify(entry, version))

    def strangers(self, version: str | None) -> Iterable[Event]:
        return self._kept(super().strangers(version))

    def _kept(self, drawn: Iterable[Event]) -> Iterable[Event]:
        """Events that a shop is told of: each can be read anew."""
        self.told += (told := list(drawn))
        return told

    def elsewhere(self, payment: Payment, operation: str) -> bool:
        from paypact.gateways.stripe import webhooks  # late, as all of it is

        return webhooks.elsewhere(self, payment, operation)


SIMULATOR = Stripe
