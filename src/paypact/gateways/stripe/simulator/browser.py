"""The shopper's browser: the vendor's own page and component, confirming with the publishable key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from paypact.gateways.stripe.simulator import intents
from paypact.gateways.stripe.simulator.errors import Refusal
from paypact.gateways.stripe.simulator.methods import usable
from paypact.gateways.stripe.simulator.state import Intent
from paypact.payments import Payment
from paypact.world.ledger import Authorization, Purchase

if TYPE_CHECKING:
    from paypact.gateways.stripe.simulator import Stripe

REDIRECT = {"succeeded": "succeeded", "requires_capture": "succeeded", "processing": "pending", "requires_confirmation": "succeeded"}


def visit(stripe: Stripe, place: str, payment: Payment, result: str) -> Mapping[str, str] | None:
    purchase = _purchase(stripe, place)
    if purchase is None:
        return None
    intent: Intent = purchase.data
    try:
        if intents.status(purchase) in ("requires_payment_method", "requires_confirmation") and not _waits_for_server(purchase):
            _confirm(stripe, purchase, payment)
        last = purchase.authorizations[-1] if purchase.authorizations else None
        if last is not None and last.state == "challenged" and result != "abandoned":
            _finish(stripe, purchase, last, passed=result == "passed")
    except Refusal:
        pass  # the component shows the no to the shopper; what the shop gets to know is in the parameters and the intent
    now = intents.status(purchase)
    if result == "abandoned" and now == "requires_action":
        return {}
    param = "setup_intent" if intent.kind == "setup" else "payment_intent"
    return {param: intent.id, f"{param}_client_secret": intent.secret, "redirect_status": REDIRECT.get(now, "failed")}


def _purchase(stripe: Stripe, place: str) -> Purchase | None:
    if "://" in place:
        query = parse_qs(urlsplit(place).query)
        secret = (query.get("payment_intent_client_secret") or query.get("setup_intent_client_secret") or [""])[0]
    else:
        secret = place
    purchase = stripe.ledger.named(secret.partition("_secret_")[0], Purchase)
    return purchase if purchase is not None and purchase.data.secret == secret else None


def _waits_for_server(purchase: Purchase) -> bool:
    """With confirmation_method=manual only a secret key confirms."""
    return bool(purchase.data.confirmation_method == "manual")


def _confirm(stripe: Stripe, purchase: Purchase, payment: Payment) -> None:
    """The component confirms with the card the shopper typed there, and with the page as the place to come back to."""
    intent: Intent = purchase.data
    if intent.method is None and payment.token:
        intent.method = usable(stripe, payment.token, intent.customer)
    intent.return_url = intent.return_url or payment.return_url
    intents.pay(stripe, purchase, {"use_stripe_sdk": True})


def _finish(stripe: Stripe, purchase: Purchase, held: Authorization, *, passed: bool) -> None:
    intent: Intent = purchase.data
    held.data.authenticated = passed
    if passed and intent.confirmation_method == "manual":
        stripe.ledger.move(held, "authenticate")  # the server has to confirm once more
        return
    stripe.ledger.authenticate(held, passed=passed)
    if held.state in ("authorized", "completed"):
        intents.saved(stripe, purchase, held)
