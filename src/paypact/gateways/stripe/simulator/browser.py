"""The shopper's browser: the vendor's own page and component, which confirm with the publishable key."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from paypact.gateways.stripe.simulator import attempts, methods, sessions
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.errors import Refusal
from paypact.gateways.stripe.simulator.state import Intent, Method
from paypact.payments import Payment
from paypact.world.books import Purchase

REDIRECT = {
    "succeeded": "succeeded",
    "requires_capture": "succeeded",
    "requires_confirmation": "succeeded",  # with manual confirmation: the challenge is passed, the server confirms
    "processing": "pending",
}


def visit(account: Account, place: str, payment: Payment, result: str) -> Mapping[str, str] | None:
    """See `Simulator.visit`. A no is shown to the shopper there; the shop learns of it from the intent."""
    purchase = _purchase(account, place)
    if purchase is None:
        return None
    if place.startswith(sessions.PAGE):
        return _hosted(account, purchase, payment, result)
    intent: Intent = purchase.data
    with suppress(Refusal):
        if attempts.status(purchase) in attempts.CONFIRMABLE[:2] and intent.confirmation_method == "automatic":
            intent.method = intent.method or _typed(account, payment)
            intent.return_url = intent.return_url or payment.return_url
            attempts.pay(account, purchase, {})
    held = attempts.newest(purchase)
    if held is not None and held.state == "challenged":
        if result == "abandoned":
            return {}
        attempts.finish(account, held, passed=result == "passed")
    return _returned(intent, REDIRECT.get(attempts.status(purchase), "failed"))


def claimed(account: Account, place: str) -> Mapping[str, str]:
    """See `Simulator.claimed`. The browser has the client secret and a session's id, and the word is no secret."""
    purchase = _purchase(account, place)
    if purchase is None:
        return {}
    hosted = place.startswith(sessions.PAGE)
    return sessions.success_parameters(purchase) if hosted else _returned(purchase.data, "succeeded")


def _returned(intent: Intent, status: str) -> dict[str, str]:
    name = f"{intent.kind}_intent"
    return {name: intent.id, f"{name}_client_secret": intent.secret, "redirect_status": status}


def comes_back_to(account: Account, place: str) -> str:
    """See `Simulator.comes_back_to`."""
    purchase = _purchase(account, place)
    if purchase is not None and place.startswith(sessions.PAGE):
        return sessions.success_url(purchase).partition("?")[0]  # the query: what `visit` says
    return str(purchase.data.return_url or "") if purchase is not None else ""


def _hosted(account: Account, purchase: Purchase, payment: Payment, result: str) -> Mapping[str, str]:
    """On the hosted page: the shopper types the card and passes what the bank asks, or goes back without."""
    if sessions.takes(purchase, payment.customer):
        with suppress(Refusal):
            purchase.data.method = _typed(account, payment)
            attempts.pay(account, purchase, {})
        held = attempts.newest(purchase)
        if held is not None and held.state == "challenged":
            if result == "abandoned":
                return {}
            attempts.finish(account, held, passed=result == "passed")
    return sessions.landed(account, purchase)


def _purchase(account: Account, place: str) -> Purchase | None:
    if place.startswith(sessions.PAGE):
        return account.ledger.named(place.removeprefix(sessions.PAGE), Purchase)
    query = parse_qs(urlsplit(place).query) if "://" in place else {}
    secret = next((values[0] for name, values in query.items() if name.endswith("_client_secret")), place)
    purchase = account.ledger.named(secret.partition("_secret_")[0], Purchase)
    return purchase if purchase is not None and purchase.data.secret == secret else None


def _typed(account: Account, payment: Payment) -> Method:
    """The shopper's card as the component knows it; typed in once more where its PaymentMethod is spent."""
    method = account.methods.get(payment.token)
    return method if method is not None and not method.spent else methods.keep(account, payment.card)
