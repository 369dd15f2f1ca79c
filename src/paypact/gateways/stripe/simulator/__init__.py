"""The Stripe simulator: one account in one world, as a mapping from requests onto the ledger and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from paypact.cards.card import Card
from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import browser, charges, customers, intents, methods, refunds, setups
from paypact.gateways.stripe.simulator.account import Account, letters
from paypact.gateways.stripe.simulator.errors import Refusal
from paypact.gateways.stripe.simulator.expand import check, expand
from paypact.gateways.stripe.simulator.requests import Call, Key, described, documented, presented_key
from paypact.payments import Notification, Payment
from paypact.world.books import Entry, Purchase
from paypact.world.codecs import decode_form, encode_json
from paypact.world.http import NotSimulatedError, Request, Response
from paypact.world.notifications import Event, Seal
from paypact.world.parameters import Misfit, without_effect
from paypact.world.wire import Wire


@dataclass(frozen=True)
class Route:
    """One endpoint: who handles it, what it answers, which parameters have an effect, whether a page may call it."""

    handler: Callable[[Any, Call], Wire]
    reply: type[Wire]
    modelled: frozenset[str]
    item: type[Wire] | None = None  # of a list
    page: bool = False  # with the publishable key; on an object that exists, together with its client secret


def _to(handler: Callable[[Any, Call], Wire], reply: type[Wire], modelled: str = "", *, page: bool = False) -> Route:
    return Route(handler, reply, frozenset(modelled.split()) | {"expand"}, page=page)


def _list(handler: Callable[[Any, Call], Wire], item: type[Wire], modelled: str = "") -> Route:
    return Route(
        handler, wire.Page, frozenset(f"limit starting_after ending_before created expand {modelled}".split()), item
    )


_DATA = "type card billing_details metadata allow_redisplay"
_METHOD = "payment_method " + " ".join(f"payment_method_data.{one}" for one in _DATA.split())
_OPTIONS = " ".join(
    f"payment_method_options.card.{one}"
    for one in ("request_three_d_secure", "network", "request_multicapture", "capture_method", "setup_future_usage")
)
_ECHO = "metadata description receipt_email shipping statement_descriptor_suffix transfer_group setup_future_usage"
_FLOW = "off_session error_on_requires_action return_url use_stripe_sdk capture_method"
_NEW = "confirm customer automatic_payment_methods allowed_payment_method_types"
_PERSON = "address description email metadata name phone preferred_locales shipping"
_PI, _SI, _PM = "/v1/payment_intents", "/v1/setup_intents", "/v1/payment_methods"

ROUTES: dict[str, Route] = {
    f"POST {_PI}": _to(
        intents.create,
        wire.PaymentIntent,
        f"amount currency confirmation_method {_NEW} {_METHOD} {_OPTIONS} {_ECHO} {_FLOW}",
    ),
    f"GET {_PI}": _list(intents.all_of, wire.PaymentIntent, "customer"),
    f"GET {_PI}/{{}}": _to(intents.retrieve, wire.PaymentIntent, "client_secret", page=True),
    f"POST {_PI}/{{}}": _to(
        intents.update, wire.PaymentIntent, f"amount currency customer capture_method {_METHOD} {_OPTIONS} {_ECHO}"
    ),
    f"POST {_PI}/{{}}/confirm": _to(
        intents.confirm,
        wire.PaymentIntent,
        f"client_secret receipt_email shipping setup_future_usage {_METHOD} {_OPTIONS} {_FLOW}",
        page=True,
    ),
    f"POST {_PI}/{{}}/capture": _to(intents.capture, wire.PaymentIntent, "amount_to_capture final_capture metadata"),
    f"POST {_PI}/{{}}/cancel": _to(intents.cancel, wire.PaymentIntent, "cancellation_reason"),
    f"POST {_SI}": _to(
        setups.create,
        wire.SetupIntent,
        f"{_NEW} {_METHOD} {_OPTIONS} metadata description usage return_url use_stripe_sdk",
    ),
    f"GET {_SI}/{{}}": _to(setups.retrieve, wire.SetupIntent, "client_secret", page=True),
    f"POST {_SI}/{{}}/confirm": _to(
        setups.confirm, wire.SetupIntent, f"client_secret {_METHOD} return_url use_stripe_sdk", page=True
    ),
    f"POST {_SI}/{{}}/cancel": _to(setups.cancel, wire.SetupIntent, "cancellation_reason"),
    "POST /v1/refunds": _to(refunds.create, wire.Refund, "amount charge payment_intent reason metadata"),
    "GET /v1/refunds": _list(refunds.all_of, wire.Refund, "charge payment_intent"),
    "GET /v1/refunds/{}": _to(refunds.retrieve, wire.Refund),
    "POST /v1/refunds/{}": _to(refunds.update, wire.Refund, "metadata"),
    "GET /v1/charges": _list(charges.all_of, wire.Charge, "customer payment_intent"),
    "GET /v1/charges/{}": _to(charges.retrieve, wire.Charge),
    f"POST {_PM}": _to(methods.create, wire.PaymentMethod, _DATA, page=True),
    f"GET {_PM}": _list(methods.all_of, wire.PaymentMethod, "customer type"),
    f"GET {_PM}/{{}}": _to(methods.retrieve, wire.PaymentMethod),
    f"POST {_PM}/{{}}": _to(methods.update, wire.PaymentMethod, "billing_details metadata"),
    f"POST {_PM}/{{}}/attach": _to(methods.attach, wire.PaymentMethod, "customer"),
    f"POST {_PM}/{{}}/detach": _to(methods.detach, wire.PaymentMethod),
    "POST /v1/customers": _to(customers.create, wire.Customer, f"{_PERSON} payment_method"),
    "GET /v1/customers": _list(customers.all_of, wire.Customer, "email"),
    "GET /v1/customers/{}": _to(customers.retrieve, wire.Customer),
    "POST /v1/customers/{}": _to(customers.update, wire.Customer, f"{_PERSON} invoice_settings.default_payment_method"),
    "DELETE /v1/customers/{}": _to(customers.delete, wire.Deleted),
    "GET /v1/customers/{}/payment_methods": _list(methods.of_customer, wire.PaymentMethod, "type"),
}
FORM = "application/x-www-form-urlencoded"
_ID_AT = 3  # "", "v1", the collection, the id


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
        version = request.headers.get("stripe-version", self.facts.gateway.versions[0])
        response.headers |= {"content-type": "application/json", "request-id": id_, "stripe-version": version}
        if "idempotency-key" in request.headers:
            response.headers["idempotency-key"] = request.headers["idempotency-key"]
        return response

    def _answer(self, request: Request) -> Response:
        key, method, path = self._key(request), request.method, request.path
        where = f"Stripe {method} {path}"
        version = request.headers.get("stripe-version")
        if version is not None and version not in self.facts.gateway.versions:
            raise NotSimulatedError(f"{where} in API version {version}")
        for header in ("stripe-account", "stripe-context"):
            if header in request.headers:
                raise NotSimulatedError(f"{where} with the header {header}")
        name, id_ = _place(method, path)
        route = ROUTES.get(name)
        if route is None:
            if documented(method, path):
                raise NotSimulatedError(where)
            raise self.refuse("unrecognized_url", method=method, path=path)
        if key == "publishable" and not route.page:
            raise self.refuse("publishable_key")
        call = Call(key, path, id_, self._sent(request))
        token = request.headers.get("idempotency-key")
        return self._once(token, name, route, call) if token and method == "POST" else self._execute(name, route, call)

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
            call.params = self.parameters.typed(described().params[name], call.params)
        except Misfit as misfit:
            rule = "payment_method_types" if misfit.name == "payment_method_types" else f"parameter_{misfit.rule}"
            raise self.refuse(rule, name=misfit.name, **misfit.parts) from None
        call.unmodelled = without_effect(call.params, route.modelled)
        paths = check(self, route.reply, route.item, call)
        body = route.handler(self, call)
        for parts in paths:
            expand(self, body, parts)
        return Response(200, body, unmodelled=tuple(call.unmodelled))

    def render(self, response: Response) -> bytes:
        return response.body if isinstance(response.body, bytes) else encode_json(response.body)

    def error(self, word: str) -> Response:
        return self.failure(word, key="sk_test_****").response

    def tokenize(self, card: Card) -> str:
        return methods.keep(self, card).id

    def visit(self, place: str, payment: Payment, result: str) -> Mapping[str, str] | None:
        return browser.visit(self, place, payment, result)

    # What is told by webhook is imported late: it needs this package, and only listeners need it.

    def notify(self, entry: Entry, version: str | None) -> Iterable[Event]:
        from paypact.gateways.stripe import webhooks

        return webhooks.drawn(self, entry, version)

    def deliver(self, event: Event, seal: Seal) -> Notification:
        from paypact.gateways.stripe import webhooks

        return webhooks.sealed(self, event, seal)

    def strangers(self, version: str | None) -> Iterable[Event]:
        from paypact.gateways.stripe import webhooks

        return webhooks.strangers(self, version)

    def forgeries(self, purchase: Purchase, version: str | None) -> Iterable[Event]:
        from paypact.gateways.stripe import webhooks

        return webhooks.forgeries(self, purchase, version)

    def elsewhere(self, payment: Payment, operation: str) -> bool:
        from paypact.gateways.stripe import webhooks

        return webhooks.elsewhere(self, payment, operation)


def _place(method: str, path: str) -> tuple[str, str]:
    """The route's name and the id in the path."""
    parts, name = path.split("/"), f"{method} {path}"
    if len(parts) <= _ID_AT or name in described().endpoints:
        return name, ""
    id_, parts[_ID_AT] = parts[_ID_AT], "{}"
    return f"{method} {'/'.join(parts)}", id_


SIMULATOR = Stripe
