"""PaymentIntents: a purchase of the ledger, whose status is a function of its authorizations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import attempts, checks
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.attempts import status
from paypact.gateways.stripe.simulator.errors import Refusal
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Intent
from paypact.payments import Money
from paypact.world.books import Purchase
from paypact.world.ids import letters
from paypact.world.ledger import Obstacle

Seen = wire.PaymentIntent | wire.PublicIntent

CANCELABLE = (*attempts.CONFIRMABLE, "requires_capture", "processing")
ECHOED = (
    "allowed_payment_method_types",
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor_suffix",
    "transfer_group",
)
ALWAYS_OPEN = {*ECHOED, "metadata", "expand"}  # can be updated in every status
OPTIONS = {"installments": None, "mandate_options": None, "network": None, "request_three_d_secure": "automatic"}


def create(account: Account, call: Call) -> wire.PaymentIntent:
    asked = call.params
    checks.amount(account, asked["amount"], asked["currency"])
    _check(account, asked)
    if not asked.get("confirm"):
        for name in ("return_url", "off_session"):
            if name in asked:
                raise account.refuse(f"{name}_without_confirm")
    intent = opened(account, call, "payment", render)
    intent.amount, intent.currency = asked["amount"], asked["currency"].lower()
    intent.capture_method = asked.get("capture_method", "automatic_async")
    intent.confirmation_method = asked.get("confirmation_method", "automatic")
    intent.params = {name: asked[name] for name in ECHOED if name in asked}
    purchase = account.open(intent)
    if asked.get("confirm"):
        attempts.pay(account, purchase, asked)
    return render(account, purchase)


def opened(account: Account, call: Call, kind: str, show: Any) -> Intent:
    """What the two kinds of intents are made of alike."""
    asked = call.params
    customer = account.customer(asked)
    id_ = account.make_id("pi_" if kind == "payment" else "seti_")
    return Intent(
        kind,
        id_,
        f"{id_}_secret_{letters('client', id_, length=25)}",
        account.now(),
        show,
        {},
        checks.metadata(account, asked, {}),
        (asked.get("payment_method_options") or {}).get("card") or {},
        attempts.automatic_methods(asked),
        attempts.method_types(account, asked, ["card"]),
        customer,
        asked.get("return_url"),
        method=attempts.chosen_method(account, asked, customer),
    )


def confirm(account: Account, call: Call) -> Seen:
    purchase = account.intent(call, "payment")
    if call.key == "publishable" and purchase.data.confirmation_method == "manual":
        raise account.refuse("confirm_browser_manual")
    now = status(purchase)
    if purchase.data.session is not None:
        raise account.refuse("confirm_of_session", shown(account, purchase, call))
    if now not in attempts.CONFIRMABLE:
        rule = "confirm_succeeded" if now in ("succeeded", "requires_capture") else "confirm_state"
        raise account.refuse(rule, shown(account, purchase, call), status=now)
    _take(account, purchase, call.params)
    try:
        attempts.confirm(account, purchase, call.params)
    except Refusal as refusal:
        error = refusal.response.body.error
        if call.key == "publishable" and isinstance(error.payment_intent, wire.PaymentIntent):
            error.payment_intent = _public(error.payment_intent)
        raise
    return shown(account, purchase, call)


def capture(account: Account, call: Call) -> wire.PaymentIntent:
    purchase = account.intent(call, "payment")
    intent: Intent = purchase.data
    now, final = status(purchase), call.params.get("final_capture", True)
    if now != "requires_capture":
        raise account.refuse("capture_state", render(account, purchase), status=now)
    held = purchase.authorizations[-1]
    if not final and held.captures != "many":
        raise account.refuse("capture_final_needed")
    asked = call.params.get("amount_to_capture")
    metadata = checks.metadata(account, call.params, intent.metadata)
    amount = None if asked is None else account.minor(asked, intent.currency)
    try:
        account.ledger.request("capture", held, amount, final=final)
    except Obstacle as obstacle:
        raise account.refuse(obstacle.rule) from None
    intent.metadata = metadata
    return render(account, purchase)


def increment(account: Account, call: Call) -> wire.PaymentIntent:
    """Ask the bank to hold more, where the request asked for that; a no leaves everything as it was.

    Raises:
        Refusal: nothing is held, it is not more, it was not asked for, it was tried too often, or the bank says no.
    """
    purchase = account.intent(call, "payment")
    intent: Intent = purchase.data
    asked, now, held = call.params, status(purchase), attempts.newest(purchase)
    if now != "requires_capture" or held is None:
        raise account.refuse("increment_state", render(account, purchase), status=now)
    if not intent.incremental:
        raise account.refuse("increment_unavailable", render(account, purchase))
    if intent.increments >= account.facts.limits["increments"]:
        raise account.refuse("increment_too_often", most=account.facts.limits["increments"])
    checks.amount(account, asked["amount"], intent.currency)
    if asked["amount"] <= intent.amount:
        raise account.refuse("increment_not_more", now=intent.amount)
    metadata = checks.metadata(account, asked, intent.metadata)
    intent.increments += 1
    answer = account.world.issuer.answer(held.card)
    if answer.event != "approve":
        raise Refusal(402, attempts.said_no(account, answer.reason), "")
    amount = account.minor(asked["amount"], intent.currency)
    intent.amount, intent.metadata = asked["amount"], metadata
    if "description" in asked:
        intent.params["description"] = asked["description"]
    purchase.price = Money(amount, intent.currency.upper())
    held.amount = held.approved = amount
    account.ledger.move(held, "adjust", amount)
    return render(account, purchase)


def cancel(account: Account, call: Call) -> wire.PaymentIntent:
    purchase = account.intent(call, "payment")
    now = status(purchase)
    if purchase.data.session is not None and now in attempts.CONFIRMABLE:
        raise account.refuse("cancel_of_session", render(account, purchase))
    if now not in CANCELABLE:
        raise account.refuse("cancel_state", render(account, purchase), status=now)
    attempts.cancel(account, purchase, call.params.get("cancellation_reason"))
    return render(account, purchase)


def retrieve(account: Account, call: Call) -> Seen:
    return shown(account, account.intent(call, "payment"), call)


def update(account: Account, call: Call) -> wire.PaymentIntent:
    purchase = account.intent(call, "payment")
    intent: Intent = purchase.data
    asked, now = call.params, status(purchase)
    fixed = next((name for name in asked if name not in ALWAYS_OPEN), None)
    if fixed is not None and now not in attempts.CONFIRMABLE:
        raise account.refuse("update_state", render(account, purchase), name=fixed, status=now)
    if intent.customer and asked.get("customer", intent.customer) != intent.customer:
        raise account.refuse("update_customer", render(account, purchase))
    currency, amount = asked.get("currency", intent.currency).lower(), asked.get("amount", intent.amount)
    if "currency" in asked or "amount" in asked:
        checks.amount(account, amount, currency)
    _take(account, purchase, asked)
    intent.currency, intent.amount = currency, amount
    purchase.price = Money(account.minor(amount, currency), currency.upper())
    intent.forgiven = len(purchase.authorizations)
    return render(account, purchase)


def all_of(account: Account, call: Call) -> wire.Page:
    customer = account.customer(call.params)
    found = (one for one in known(account) if customer in (None, one.customer))
    return page(account, call, found, lambda one: render(account, account.purchase(one.id, "payment", None)))


def known(account: Account) -> Iterator[Intent]:
    """The PaymentIntents there are, the newest first; that of a hosted page is made when a card is presented there."""
    for purchase in reversed(account.ledger.purchases):
        intent: Intent = purchase.data
        hidden = intent.session is not None and not (intent.session.eager or purchase.authorizations)
        if intent.kind == "payment" and not hidden:
            yield intent


def _check(account: Account, asked: dict[str, Any]) -> None:
    """Rules between parameters, looked at before anything happens."""
    if asked.get("error_on_requires_action") and (asked.get("automatic_payment_methods") or {}).get("enabled"):
        raise account.refuse("error_on_requires_action_refused")
    if "statement_descriptor" in asked:
        raise account.refuse("statement_descriptor_for_card")
    if "://" not in asked.get("return_url", "://"):
        raise account.refuse("return_url_invalid")
    checks.texts(account, asked, "payment_intents")


def _take(account: Account, purchase: Purchase, asked: dict[str, Any]) -> None:
    """What a confirmation or an update changes in an intent; nothing where it is refused."""
    intent: Intent = purchase.data
    _check(account, asked)
    customer = account.customer(asked) or intent.customer
    metadata = checks.metadata(account, asked, intent.metadata)
    method = attempts.chosen_method(account, asked, customer)
    intent.customer, intent.metadata, intent.method = customer, metadata, method or intent.method
    intent.params |= {name: asked[name] or None for name in ECHOED if name in asked}
    intent.return_url = asked.get("return_url", intent.return_url)
    intent.capture_method = asked.get("capture_method", intent.capture_method)
    intent.types = attempts.method_types(account, asked, intent.types)
    intent.automatic = None if "payment_method_types" in asked else intent.automatic
    intent.options = {**intent.options, **((asked.get("payment_method_options") or {}).get("card") or {})}


# --- rendering ------------------------------------------------------------------------------------------------------


def render(account: Account, purchase: Purchase) -> wire.PaymentIntent:
    """The PaymentIntent as a secret key sees it now."""
    intent: Intent = purchase.data
    params, held, now = intent.params, attempts.newest(purchase), status(purchase)
    remembered = held is not None and attempts.failed(held) and len(purchase.authorizations) > intent.forgiven
    expired = held is not None and held.state == "expired"
    capturable = held.capturable if held is not None and now == "requires_capture" else 0
    automatic = intent.automatic
    return wire.PaymentIntent(
        id=intent.id,
        allowed_payment_method_types=params.get("allowed_payment_method_types"),
        amount=intent.amount,
        amount_capturable=account.units(capturable, intent.currency),
        amount_details={"tip": {}},
        amount_received=account.units(sum(one.captured for one in purchase.authorizations), intent.currency),
        automatic_payment_methods=None if automatic is None else wire.AutomaticMethods(**automatic),
        canceled_at=int(held.data.answered + account.facts.ledger.expires)
        if held is not None and expired
        else intent.canceled_at,
        cancellation_reason="expired" if expired else intent.cancellation_reason,
        capture_method=intent.capture_method,
        client_secret=intent.secret,
        confirmation_method=intent.confirmation_method,
        created=intent.created,
        currency=intent.currency,
        customer=intent.customer,
        description=params.get("description"),
        last_payment_error=attempts.last_error(account, held) if held is not None and remembered else None,
        latest_charge=next(
            (one.data.id for one in reversed(purchase.authorizations) if attempts.has_charge(one)), None
        ),
        metadata=intent.metadata,
        next_action=attempts.next_action(purchase),
        payment_method=attempts.shown_method(purchase),
        payment_method_options={"card": {**OPTIONS, **intent.options}},
        payment_method_types=intent.types,
        processing=wire.Processing(card={}) if now == "processing" else None,
        receipt_email=params.get("receipt_email"),
        setup_future_usage=params.get("setup_future_usage"),
        shipping=params.get("shipping"),
        statement_descriptor_suffix=params.get("statement_descriptor_suffix"),
        status=now,
        transfer_group=params.get("transfer_group"),
    )


def _public(seen: wire.PaymentIntent) -> wire.PublicIntent:
    """What a publishable key sees of it."""
    return wire.PublicIntent(**{name: getattr(seen, name) for name in wire.PublicIntent.__struct_fields__})


def shown(account: Account, purchase: Purchase, call: Call) -> Seen:
    seen = render(account, purchase)
    return _public(seen) if call.key == "publishable" else seen
