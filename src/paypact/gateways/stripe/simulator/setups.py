"""SetupIntents: a purchase of nothing, whose authorization of 0 verifies a card."""

from __future__ import annotations

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import attempts, intents
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Intent
from paypact.world.books import Purchase

OPTIONS = {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}


def create(account: Account, call: Call) -> wire.SetupIntent:
    asked = call.params
    if "return_url" in asked and not asked.get("confirm"):
        raise account.refuse("return_url_without_confirm")
    intent = intents.opened(account, call, "setup", render)
    intent.params = {name: asked[name] for name in ("description", "usage") if name in asked}
    purchase = account.open(intent)
    if asked.get("confirm"):
        attempts.pay(account, purchase, asked)
    return render(account, purchase)


def confirm(account: Account, call: Call) -> wire.SetupIntent:
    purchase = _open(account, call)
    intent: Intent = purchase.data
    intent.method = attempts.chosen_method(account, call.params, intent.customer) or intent.method
    intent.return_url = call.params.get("return_url", intent.return_url)
    attempts.confirm(account, purchase, call.params)
    return render(account, purchase)


def cancel(account: Account, call: Call) -> wire.SetupIntent:
    purchase = _open(account, call)
    attempts.cancel(account, purchase, call.params.get("cancellation_reason"))
    return render(account, purchase)


def _open(account: Account, call: Call) -> Purchase:
    purchase = account.intent(call, "setup")
    now = attempts.status(purchase)
    if now not in attempts.CONFIRMABLE:
        raise account.refuse("setup_state", render(account, purchase), status=now)
    return purchase


def retrieve(account: Account, call: Call) -> wire.SetupIntent:
    return render(account, account.intent(call, "setup"))


def render(account: Account, purchase: Purchase) -> wire.SetupIntent:
    """The SetupIntent as it is now."""
    intent: Intent = purchase.data
    held, automatic = attempts.newest(purchase), intent.automatic
    return wire.SetupIntent(
        id=intent.id,
        automatic_payment_methods=None if automatic is None else wire.AutomaticMethods(**automatic),
        cancellation_reason=intent.cancellation_reason,
        client_secret=intent.secret,
        created=intent.created,
        customer=intent.customer,
        description=intent.params.get("description"),
        last_setup_error=attempts.last_error(account, held) if held is not None and attempts.failed(held) else None,
        latest_attempt=held.data.id if held is not None else None,
        metadata=intent.metadata,
        next_action=attempts.next_action(purchase),
        payment_method=attempts.shown_method(purchase),
        payment_method_options={"card": {**OPTIONS, **intent.options}},
        payment_method_types=intent.types,
        status=attempts.status(purchase),
        usage=intent.params.get("usage", "off_session"),
    )
