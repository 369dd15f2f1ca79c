"""The Adyen simulator: one company account in one world, as a mapping from requests onto the ledger and back."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from paypact.cards.card import Card
from paypact.gateways.adyen.simulator import cards, modifications, payments, sessions
from paypact.gateways.adyen.simulator.account import Account
from paypact.gateways.adyen.simulator.requests import Call, Misfit, Reader, Version, described, without_effect
from paypact.payments import Payment
from paypact.world.books import Authorization, Purchase
from paypact.world.codecs import decode_json
from paypact.world.http import Refusal, Request, Response
from paypact.world.ids import placed
from paypact.world.wire import Wire


class Route(NamedTuple):
    """One endpoint: who handles it, the object it takes, the fields that have an effect, the status of a yes."""

    handler: Callable[[Account, Call], Wire | None]
    takes: str
    modelled: frozenset[str]
    status: int = 200


def _to(handler: Callable[[Account, Call], Wire | None], takes: str, modelled: str, status: int = 200) -> Route:
    return Route(handler, takes, frozenset(f"merchantAccount {modelled}".split()), status)


_PAID: Final = (
    "amount reference returnUrl additionalData authenticationData billingAddress captureDelayHours enableRecurring "
    "recurringProcessingModel shopperInteraction shopperReference storePaymentMethod "
    # nothing depends on these, as long as no risk rules are simulated
    "browserInfo channel origin shopperEmail shopperIP shopperLocale shopperName countryCode telephoneNumber metadata"
)
ROUTES: Final[dict[str, Route]] = {
    "POST /payments": _to(payments.create, "PaymentRequest", f"{_PAID} paymentMethod"),
    "POST /payments/details": _to(payments.details, "PaymentDetailsRequest", "details paymentData"),
    "POST /sessions": _to(sessions.create, "CreateCheckoutSessionRequest", f"{_PAID} mode storePaymentMethodMode", 201),
    "GET /sessions/{}": _to(sessions.look, "", "sessionResult"),
    "POST /paymentMethods": _to(sessions.offer, "PaymentMethodsRequest", "shopperReference amount channel countryCode"),
    "POST /cardDetails": _to(sessions.inform, "CardDetailsRequest", "cardNumber encryptedCardNumber"),
    "GET /storedPaymentMethods": _to(sessions.listed, "", "shopperReference"),
    "DELETE /storedPaymentMethods/{}": _to(sessions.forget, "", "shopperReference", 204),
    "POST /cancels": _to(
        modifications.cancel_by_reference, "StandalonePaymentCancelRequest", "paymentReference reference", 201
    ),
    "POST /payments/{}/captures": _to(modifications.capture, "PaymentCaptureRequest", "amount reference", 201),
    "POST /payments/{}/cancels": _to(modifications.cancel, "PaymentCancelRequest", "reference", 201),
    "POST /payments/{}/refunds": _to(
        modifications.refund, "PaymentRefundRequest", "amount reference capturePspReference merchantRefundReason", 201
    ),
    "POST /payments/{}/reversals": _to(modifications.reverse, "PaymentReversalRequest", "reference", 201),
    "POST /payments/{}/amountUpdates": _to(
        modifications.update, "PaymentAmountUpdateRequest", "amount reference industryUsage", 201
    ),
}


class Adyen(Account):
    """The account as it is reached over HTTP and in a browser."""

    def handle(self, request: Request) -> Response:
        key = request.headers.get("idempotency-key")
        try:
            response = self._answer(request, key if request.method == "POST" else None)
        except Refusal as refusal:
            response = refusal.response
        psp = getattr(response.body, "psp", None)
        if isinstance(psp, str):
            response.headers["pspreference"] = psp
        if key:
            response.headers["idempotency-key"] = key
        return response

    def _answer(self, request: Request, key: str | None) -> Response:
        method, place = request.method, request.path.removeprefix("/checkout")
        version, _, path = place[1:].partition("/")
        name, id_ = placed(ROUTES, method, f"/{path}")
        if not version.removeprefix("v").isdecimal():
            raise Refusal(Response(404, b"", refused="no such place"))
        said: Version | None = {"v71": described().v71, "v72": described().v72}.get(version)
        if said is None:
            raise self.not_simulated(f"{method} {request.path}")
        if not self._known(request.headers):
            return self.failure("authentication")
        route = ROUTES.get(name)
        if route is None:
            raise self.not_simulated(f"{method} {request.path}")
        call = Call(version, id_, self._sent(request), place)
        if key and len(key) > self.facts.limits["idempotency_key"]:
            raise self.refuse("key_long")
        kept = self.keys.seen(key) if key else None
        if kept is not None:
            first = kept.response
            return Response(first.status, first.body, dict(first.headers), first.refused, first.unmodelled)
        response = self._execute(route, call, said)
        if key:
            self.keys.keep(key, place, call.sent, response)
        return Response(response.status, response.body, dict(response.headers), unmodelled=response.unmodelled)

    def _execute(self, route: Route, call: Call, said: Version) -> Response:
        if route.takes:
            try:
                Reader(said.objects).check(route.takes, call.sent)
            except Misfit as misfit:
                raise self.refuse(misfit.rule, **misfit.parts) from None
        elsewhere = call.sent.get("merchantAccount", self.credentials()["merchant_account"]) not in self.merchants
        if elsewhere:
            raise Refusal(self.failure("permission"))
        if call.sent.get("threeDSAuthenticationOnly") or call.sent.get("order"):
            raise self.not_simulated("authentication only, and orders of several payments")
        body = route.handler(self, call)
        unmodelled = tuple(without_effect(call.sent, route.modelled))
        headers = {"content-type": "application/json;charset=utf-8"}
        return Response(route.status, b"" if body is None else body, headers, unmodelled=unmodelled)

    def keep(self, request: Request, response: Response) -> None:
        """What is not marked as transient stays under its key: the bank may have acted upon it."""
        key = request.headers.get("idempotency-key")
        if key and request.method == "POST" and "transient-error" not in response.headers:
            self.keys.overrule(key, request.path, None, response)

    def _known(self, headers: Mapping[str, str]) -> bool:
        """Whether the request carries the account's key, as such or as the password of its web service user."""
        key = self.credentials()["api_key"]
        if "x-api-key" in headers:
            return headers["x-api-key"] == key
        kind, _, text = headers.get("authorization", "").partition(" ")
        try:
            return kind == "Basic" and base64.b64decode(text, validate=True).decode().partition(":")[2] == key
        except (binascii.Error, UnicodeDecodeError):
            return False

    def _sent(self, request: Request) -> dict[str, Any]:
        if request.method != "POST":
            return dict(parse_qsl(request.query))
        try:
            sent = decode_json(request.body)
        except ValueError:
            raise self.refuse("type", value=request.body[:20].decode("utf-8", "replace"), type="{") from None
        if not isinstance(sent, dict):
            raise self.refuse("type", value=request.body[:20].decode("utf-8", "replace"), type="{")
        return sent

    def error(self, word: str) -> Response:
        return self.failure(word)

    def browser(self, card: Card) -> Mapping[str, Any]:
        return cards.state_data(self, card)

    def visit(self, place: str, payment: Payment, result: str) -> Mapping[str, str] | None:
        found = self._behind(place)
        if found is None:
            return None
        if isinstance(found, Purchase):
            return sessions.visit(self, found, payment, result)
        if result == "abandoned":
            return {}
        native, fingerprinted = found.data.native, found.data.fingerprinted
        name = "threeds2.challengeResult" if fingerprinted else "threeDSResult" if native else "redirectResult"
        return {name: payments.act(self, found, passed=result == "passed")}

    def comes_back_to(self, place: str) -> str:
        found = self._behind(place)
        if found is None:
            return ""
        return str(found.data.sent["returnUrl"] if isinstance(found, Purchase) else found.data.back)

    def _behind(self, place: str) -> Purchase | Authorization | None:
        """The session or challenge that a page's URL leads to, or that the component is given.

        Of what the component is given (`id` and `sessionData`; all of `action`) a shop may pass on any text, or all of
        it as JSON: whichever it is, the page that gets it can go on.
        """
        for text in _texts(place):
            session = self.ledger.named(text, Purchase)
            if session is not None and isinstance(session.data, sessions.Session):
                return session
            if text in self.challenges:
                return self.challenges[text]
        return None

    def elsewhere(self, payment: Payment, operation: str) -> bool:
        from paypact.gateways.adyen import webhooks  # late, as all of it is

        return webhooks.elsewhere(self, payment, operation)


def _texts(place: str) -> Iterator[str]:
    """The texts that may name something: those of a JSON object, of a URL's query, or the place itself."""
    if place.startswith("{"):
        try:
            yield from (value for value in decode_json(place.encode()).values() if isinstance(value, str))
        except ValueError:
            return
    elif "://" in place:
        yield from (value for _, value in parse_qsl(urlsplit(place).query))
    else:
        yield place


SIMULATOR = Adyen
