"""SetupIntents: a purchase of nothing, whose authorization of 0 verifies a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import intents, methods
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Intent
from paypact.payments import Money
from paypact.world.ledger import Purchase

if TYPE_CHECKING:
    from paypact.gateways.stripe.simulator import Stripe


def create(stripe: Stripe, call: Call) -> wire.SetupIntent:
    asked = call.params
    if asked.get("confirmation_token"):
        raise stripe.not_simulated("confirmation_token")
    if "return_url" in asked and not asked.get("confirm"):
        raise stripe.refuse("return_url_without_confirm")
    customer = stripe.person(asked["customer"], "customer").id if "customer" in asked else None
    id_ = stripe.make_id("seti_")
    intent = Intent(
        id_,
        stripe.make_secret(id_),
        stripe.now(),
        "setup",
        {name: asked[name] for name in ("description", "usage") if name in asked},
        0,
        "usd",
        "automatic",
        "automatic",
        intents.automatic_methods(asked),
        stripe.metadata(asked, {}),
        (asked.get("payment_method_options") or {}).get("card") or {},
        customer=customer,
        return_url=asked.get("return_url"),
    )
    _take_method(stripe, intent, call)
    purchase = stripe.ledger.open(Money(0, intent.currency.upper()), data=intent)
    stripe.ledger.name(id_, purchase)
    if asked.get("confirm"):
        intents.pay(stripe, purchase, asked)
    return render(stripe, purchase)


def confirm(stripe: Stripe, call: Call) -> wire.SetupIntent:
    purchase = stripe.intent(call, "setup")
    intent: Intent = purchase.data
    now = intents.status(purchase)
    if now not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise stripe.refuse("setup_state", render(stripe, purchase), status=now)
    _take_method(stripe, intent, call)
    intent.return_url = call.params.get("return_url", intent.return_url)
    if now == "requires_action":
        if intent.method is None:
            return render(stripe, purchase)
        stripe.ledger.authenticate(purchase.authorizations[-1], passed=False)
    intents.pay(stripe, purchase, call.params)
    return render(stripe, purchase)


def cancel(stripe: Stripe, call: Call) -> wire.SetupIntent:
    purchase = stripe.intent(call, "setup")
    now = intents.status(purchase)
    if now not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise stripe.refuse("setup_state", render(stripe, purchase), status=now)
    intents.call_off(stripe, purchase, call.params.get("cancellation_reason"))
    return render(stripe, purchase)


def retrieve(stripe: Stripe, call: Call) -> wire.SetupIntent:
    return render(stripe, stripe.intent(call, "setup"))


def _take_method(stripe: Stripe, intent: Intent, call: Call) -> None:
    asked = call.params
    if "payment_method" in asked:
        intent.method = methods.usable(stripe, asked["payment_method"], intent.customer)
    elif "payment_method_data" in asked:
        intent.method = methods.made(stripe, asked["payment_method_data"], "payment_method_data")


def render(stripe: Stripe, purchase: Purchase) -> wire.SetupIntent:
    """The SetupIntent as it is now."""
    intent: Intent = purchase.data
    now = intents.status(purchase)
    last = purchase.authorizations[-1] if purchase.authorizations else None
    failed = last is not None and last.state in ("declined", "rejected")
    method = intent.method or (last.data.method if last is not None and not failed else None)
    automatic = intent.automatic
    return wire.SetupIntent(
        id=intent.id,
        automatic_payment_methods=None if automatic is None else wire.AutomaticMethods(**automatic),
        cancellation_reason=intent.cancellation_reason,
        client_secret=intent.secret,
        created=intent.created,
        customer=intent.customer,
        description=intent.params.get("description"),
        last_setup_error=intents.last_error(stripe, last) if last is not None and failed else None,
        latest_attempt=last.data.id if last is not None else None,
        metadata=dict(intent.metadata),
        next_action=intents.next_action(stripe, purchase, last) if now == "requires_action" else None,
        payment_method=method.id if method else None,
        payment_method_options={"card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic", **intent.options}},
        payment_method_types=["card"],
        status=now,
        usage=intent.params.get("usage", "off_session"),
    )
