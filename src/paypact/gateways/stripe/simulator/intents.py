"""PaymentIntents: a purchase of the ledger, whose status is a function of its authorizations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import methods
from paypact.gateways.stripe.simulator.charges import has_charge
from paypact.gateways.stripe.simulator.errors import Refusal
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Attempt, Intent, Method
from paypact.payments import Money
from paypact.world.issuer import decline
from paypact.world.ledger import Authorization, Obstacle, Purchase
from paypact.world.wire import UNSET

if TYPE_CHECKING:
    from paypact.gateways.stripe.simulator import Stripe

LIVE = ("created", "challenged", "pending", "authorized")
STATUS = {  # of the last authorization, once a card was presented
    "created": "requires_confirmation",
    "challenged": "requires_action",
    "pending": "processing",
    "completed": "succeeded",
    "voided": "canceled",
    "expired": "canceled",
}
CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing")
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
ECHOED = ("description", "receipt_email", "setup_future_usage", "shipping", "statement_descriptor_suffix", "transfer_group")


def status(purchase: Purchase) -> str:
    """The status of a PaymentIntent or SetupIntent."""
    intent: Intent = purchase.data
    if purchase.state != "open":
        return "canceled"
    last = purchase.authorizations[-1] if purchase.authorizations else None
    if last is None or last.state in ("declined", "rejected"):
        return "requires_confirmation" if intent.method else "requires_payment_method"
    if last.state == "authorized" or (last.state == "expired" and intent.kind == "setup"):
        return "requires_capture" if intent.capture_method == "manual" and intent.kind == "payment" else "succeeded"
    return STATUS[last.state]


# --- calls ----------------------------------------------------------------------------------------------------------


def create(stripe: Stripe, call: Call) -> wire.PaymentIntent:
    asked = call.params
    currency, amount = asked["currency"].lower(), asked["amount"]
    stripe.check_amount(amount, currency)
    _check_flags(stripe, asked)
    if asked.get("confirmation_token"):
        raise stripe.not_simulated("confirmation_token")
    customer = stripe.person(asked["customer"], "customer").id if "customer" in asked else None
    method = _method(stripe, asked, customer)
    id_ = stripe.make_id("pi_")
    intent = Intent(
        id_,
        stripe.make_secret(id_),
        stripe.now(),
        "payment",
        {name: asked[name] for name in ECHOED if name in asked},
        amount,
        currency,
        asked.get("capture_method", "automatic_async"),
        asked.get("confirmation_method", "automatic"),
        automatic_methods(asked),
        stripe.metadata(asked, {}),
        (asked.get("payment_method_options") or {}).get("card") or {},
        method,
        customer,
        asked.get("return_url"),
    )
    purchase = stripe.ledger.open(Money(stripe.known.minor(amount, currency), currency.upper()), data=intent)
    stripe.ledger.name(id_, purchase)
    if asked.get("confirm"):
        pay(stripe, purchase, asked)
    return render(stripe, purchase)


def confirm(stripe: Stripe, call: Call) -> wire.PaymentIntent | wire.PublicIntent:
    purchase = stripe.intent(call, "payment")
    intent: Intent = purchase.data
    if call.key == "publishable" and intent.confirmation_method == "manual":
        raise stripe.refuse("confirm_browser_manual")
    now = status(purchase)
    if now not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        rule = "confirm_succeeded" if now in ("succeeded", "requires_capture") else "confirm_state"
        raise stripe.refuse(rule, shown(stripe, purchase, call), status=now)
    try:
        _take(stripe, purchase, call.params)
        last = purchase.authorizations[-1] if purchase.authorizations else None
        if now == "requires_action" and intent.method is None:
            return shown(stripe, purchase, call)  # the challenge still waits: confirming again changes nothing
        if last is not None and last.state == "created" and intent.method is None:
            settle(stripe, purchase, last, last.answer.then)  # confirmed again by the server after the challenge
        else:
            if last is not None and last.state == "challenged":
                stripe.ledger.authenticate(last, passed=False)  # another card instead of the challenge
            pay(stripe, purchase, call.params)
    except Refusal as refusal:
        error = refusal.response.body.error
        if call.key == "publishable" and isinstance(error.payment_intent, wire.PaymentIntent):
            error.payment_intent = public(error.payment_intent)
        raise
    return shown(stripe, purchase, call)


def capture(stripe: Stripe, call: Call) -> wire.PaymentIntent:
    purchase = stripe.intent(call, "payment")
    now = status(purchase)
    if now != "requires_capture":
        raise stripe.refuse("capture_state", render(stripe, purchase), status=now)
    final = call.params.get("final_capture", True)
    authorization = purchase.authorizations[-1]
    if not final and authorization.captures != "many":
        raise stripe.refuse("capture_final_needed")
    intent: Intent = purchase.data
    asked = call.params.get("amount_to_capture")
    intent.metadata = stripe.metadata(call.params, intent.metadata)
    amount = None if asked is None else stripe.known.minor(asked, intent.currency)
    try:
        stripe.ledger.request("capture", authorization, amount, final=final)
    except Obstacle as obstacle:
        raise stripe.refuse(obstacle.rule) from None
    return render(stripe, purchase)


def cancel(stripe: Stripe, call: Call) -> wire.PaymentIntent:
    purchase = stripe.intent(call, "payment")
    now = status(purchase)
    if now not in CANCELABLE:
        raise stripe.refuse("cancel_state", render(stripe, purchase), status=now)
    call_off(stripe, purchase, call.params.get("cancellation_reason"))
    return render(stripe, purchase)


def call_off(stripe: Stripe, purchase: Purchase, reason: str | None) -> None:
    """Void what is held, or close a purchase of which nothing is."""
    intent: Intent = purchase.data
    intent.canceled_at, intent.cancellation_reason = stripe.now(), reason
    last = purchase.authorizations[-1] if purchase.authorizations else None
    if last is not None and last.state in LIVE:
        stripe.ledger.request("void", last)
    else:
        stripe.ledger.move(purchase, "cancel")


def retrieve(stripe: Stripe, call: Call) -> wire.PaymentIntent | wire.PublicIntent:
    return shown(stripe, stripe.intent(call, "payment"), call)


def update(stripe: Stripe, call: Call) -> wire.PaymentIntent:
    purchase = stripe.intent(call, "payment")
    intent: Intent = purchase.data
    asked, now = call.params, status(purchase)
    if now not in OPEN:
        fixed = next((name for name in asked if name not in ("metadata", "description", "receipt_email", "expand", *ECHOED)), None)
        if fixed:
            raise stripe.refuse("update_state", render(stripe, purchase), name=fixed, status=now)
    if asked.get("customer") and intent.customer and asked["customer"] != intent.customer:
        raise stripe.refuse("update_customer", render(stripe, purchase))
    currency, amount = asked.get("currency", intent.currency).lower(), asked.get("amount", intent.amount)
    if (currency, amount) != (intent.currency, intent.amount):
        stripe.check_amount(amount, currency)
        intent.currency, intent.amount = currency, amount
        purchase.price = Money(stripe.known.minor(amount, currency), currency.upper())
    _take(stripe, purchase, asked)
    intent.forgiven = len(purchase.authorizations)
    return render(stripe, purchase)


def all_of(stripe: Stripe, call: Call) -> wire.Page:
    customer = call.params.get("customer")
    intents = [p for p in reversed(stripe.ledger.purchases) if p.data.kind == "payment"]
    found = [p.data for p in intents if customer is None or p.data.customer == customer]
    return page(stripe, call, found, lambda one: render(stripe, stripe.ledger.named(one.id, Purchase)))


# --- paying ---------------------------------------------------------------------------------------------------------


def pay(stripe: Stripe, purchase: Purchase, asked: dict[str, Any]) -> None:
    """Confirm: present the card and carry out what its issuer says.

    Raises:
        Refusal: the request cannot be confirmed, or the answer is no.
    """
    intent: Intent = purchase.data
    method, intent.method = intent.method, None
    if method is None:
        raise stripe.refuse(f"{'setup_' if intent.kind == 'setup' else ''}confirm_without_method", stripe.shown(purchase))
    off_session = bool(asked.get("off_session"))
    automatic = intent.automatic
    if automatic and automatic.get("allow_redirects") != "never" and not (intent.return_url or off_session or asked.get("use_stripe_sdk")):
        intent.method = method
        name = "Setup Intent" if intent.kind == "setup" else "Payment Intent"
        raise stripe.refuse("return_url_needed", stripe.shown(purchase), Intent=name)
    issued = methods.answer(stripe, method, asked=intent.options.get("request_three_d_secure") in ("any", "challenge"), off_session=off_session)
    many = intent.options.get("request_multicapture") == "if_available"
    held = stripe.ledger.present(
        purchase,
        method.card,
        automatic=intent.capture_method != "manual" and intent.kind == "payment",
        captures="many" if many and intent.capture_method == "manual" else None,
    )
    held.data = Attempt(
        stripe.make_id("ch_" if intent.kind == "payment" else "setatt_"),
        stripe.now(),
        method,
        stripe.known.chosen(method.card, intent.options.get("network") or method.preferred),
        off_session,
        intent.return_url is None,
        metadata=intent.metadata,
        description=intent.params.get("description"),
    )
    stripe.ledger.name(held.data.id, held)
    if method.customer is None:
        method.spent = not (intent.customer and (intent.params.get("setup_future_usage") or intent.kind == "setup"))
    if issued.event == "challenge" and asked.get("error_on_requires_action"):
        stripe.ledger.apply(held, issued)
        stripe.ledger.authenticate(held, passed=False)
        raise stripe.refuse("requires_action_refused", stripe.shown(purchase))
    if issued.event == "challenge" and off_session:
        issued = decline("authentication_needed")
    settle(stripe, purchase, held, issued)


def settle(stripe: Stripe, purchase: Purchase, held: Authorization, issued: Any) -> None:
    """Carry out an answer; a no is raised as the error that the caller gets."""
    if held.state == "created" and held.answer is not None:
        held.data.authenticated = True
    stripe.ledger.apply(held, issued)
    if held.state in ("declined", "rejected"):
        raise refusal(stripe, purchase, held)
    if held.state in ("authorized", "completed"):
        saved(stripe, purchase, held)


def saved(stripe: Stripe, purchase: Purchase, held: Authorization) -> None:
    """After a yes: the method belongs to the customer where that was asked for."""
    intent, method = purchase.data, held.data.method
    method.authenticated = method.authenticated or held.data.authenticated
    if intent.customer and method.customer is None and (intent.kind == "setup" or intent.params.get("setup_future_usage")):
        method.customer, method.spent = intent.customer, False


def refusal(stripe: Stripe, purchase: Purchase, held: Authorization) -> Refusal:
    """The 402 of a declined confirmation: the error that the intent remembers, and the intent."""
    error = wire.CardError(type="card_error")
    remembered = last_error(stripe, held)
    for name in wire.CardError.__struct_fields__:
        setattr(error, name, getattr(remembered, name))
    seen = stripe.shown(purchase)
    if isinstance(seen, wire.SetupIntent):
        error.setup_intent = seen
    else:
        error.payment_intent = seen
    no = Refusal(402, error, "")
    no.response.refused = ""  # the request was carried out: the bank said no
    return no


def last_error(stripe: Stripe, held: Authorization) -> wire.LastError:
    intent: Intent = held.purchase.data
    error = stripe.decline(held.reason, intent.kind)
    if has_charge(held) and intent.kind == "payment":
        error.charge = held.data.id
    error.payment_method = methods.render(stripe, held.data.method)
    return error


def _take(stripe: Stripe, purchase: Purchase, asked: dict[str, Any]) -> None:
    """What a confirmation or an update changes in an intent."""
    intent: Intent = purchase.data
    _check_flags(stripe, asked, creating=False)
    if asked.get("customer"):
        intent.customer = stripe.person(asked["customer"], "customer").id
    method = _method(stripe, asked, intent.customer)
    if method is not None:
        intent.method = method
    for name in ECHOED:
        if name in asked:
            intent.params[name] = asked[name]
    if "metadata" in asked:
        intent.metadata = stripe.metadata(asked, intent.metadata)
    if "return_url" in asked:
        intent.return_url = asked["return_url"]
    intent.capture_method = asked.get("capture_method", intent.capture_method)
    options = (asked.get("payment_method_options") or {}).get("card") or {}
    intent.options = {**intent.options, **options}


def _method(stripe: Stripe, asked: dict[str, Any], customer: str | None) -> Method | None:
    if "payment_method" in asked:
        return methods.usable(stripe, asked["payment_method"], customer)
    if "payment_method_data" in asked:
        return methods.made(stripe, asked["payment_method_data"], "payment_method_data")
    return None


def _check_flags(stripe: Stripe, asked: dict[str, Any], *, creating: bool = True) -> None:
    """Rules between parameters that the vendor checks before it begins."""
    if creating and not asked.get("confirm"):
        for name in ("return_url", "off_session"):
            if name in asked:
                raise stripe.refuse(f"{name}_without_confirm")
    if asked.get("error_on_requires_action") and (asked.get("automatic_payment_methods") or {}).get("enabled"):
        raise stripe.refuse("error_on_requires_action_refused")
    if "statement_descriptor" in asked:
        raise stripe.refuse("statement_descriptor_for_card")
    url = asked.get("return_url")
    if url is not None and "://" not in url:
        raise stripe.refuse("return_url_invalid")
    stripe.check_texts(asked, "payment_intents")


def automatic_methods(asked: dict[str, Any]) -> dict[str, Any] | None:
    """`automatic_payment_methods`: on unless the request lists its own types (docs: since 2023-08-16)."""
    given = asked.get("automatic_payment_methods")
    if given is None and "allowed_payment_method_types" in asked:
        return None
    return {"enabled": True, "allow_redirects": "always", **(given or {})}


# --- rendering ------------------------------------------------------------------------------------------------------


def render(stripe: Stripe, purchase: Purchase) -> wire.PaymentIntent:
    """The PaymentIntent as a secret key sees it now."""
    intent: Intent = purchase.data
    params, now = intent.params, status(purchase)
    last = purchase.authorizations[-1] if purchase.authorizations else None
    failed = last is not None and last.state in ("declined", "rejected")
    method = intent.method or (last.data.method if last is not None and not failed else None)
    charged = next((one for one in reversed(purchase.authorizations) if has_charge(one)), None)
    expired = last is not None and last.state == "expired"
    to_wire = stripe.known.wire
    return wire.PaymentIntent(
        id=intent.id,
        amount=intent.amount,
        amount_capturable=to_wire(last.capturable, intent.currency) if last is not None and now == "requires_capture" else 0,
        amount_details={"tip": {}},
        amount_received=to_wire(sum(one.captured for one in purchase.authorizations), intent.currency),
        automatic_payment_methods=_automatic(intent),
        canceled_at=stripe.expired_at(last) if expired else intent.canceled_at,
        cancellation_reason="expired" if expired else intent.cancellation_reason,
        capture_method=intent.capture_method,
        client_secret=intent.secret,
        confirmation_method=intent.confirmation_method,
        created=intent.created,
        currency=intent.currency,
        customer=intent.customer,
        description=params.get("description"),
        last_payment_error=last_error(stripe, last) if failed and len(purchase.authorizations) > intent.forgiven else None,
        latest_charge=charged.data.id if charged is not None else None,
        metadata=dict(intent.metadata),
        next_action=next_action(stripe, purchase, last) if now == "requires_action" else None,
        payment_method=method.id if method else None,
        payment_method_options=_options(intent),
        payment_method_types=["card"],
        processing=wire.Processing(card={}) if now == "processing" else None,
        receipt_email=params.get("receipt_email"),
        setup_future_usage=params.get("setup_future_usage"),
        shipping=params.get("shipping"),
        statement_descriptor_suffix=params.get("statement_descriptor_suffix"),
        status=now,
        transfer_group=params.get("transfer_group"),
    )


def public(seen: wire.PaymentIntent) -> wire.PublicIntent:
    """What a publishable key sees of it."""
    return wire.PublicIntent(**{name: getattr(seen, name) for name in wire.PublicIntent.__struct_fields__})


def shown(stripe: Stripe, purchase: Purchase, call: Call) -> wire.PaymentIntent | wire.PublicIntent:
    seen = render(stripe, purchase)
    return public(seen) if call.key == "publishable" else seen


def next_action(stripe: Stripe, purchase: Purchase, last: Authorization | None) -> wire.NextAction:
    intent: Intent = purchase.data
    param = "setup_intent" if intent.kind == "setup" else "payment_intent"
    url = f"https://hooks.stripe.com/3d_secure_2/hosted?{param}={intent.id}&{param}_client_secret={intent.secret}"
    if last is not None and last.data.sdk:
        sdk = {"type": "three_d_secure_redirect", "stripe_js": url, "source": "src_" + intent.id[-24:]}
        return wire.NextAction(type="use_stripe_sdk", use_stripe_sdk=sdk)
    return wire.NextAction(type="redirect_to_url", redirect_to_url=wire.RedirectToUrl(return_url=intent.return_url, url=url))


def _automatic(intent: Intent) -> wire.AutomaticMethods | None:
    said = intent.automatic
    if said is None:
        return None
    return wire.AutomaticMethods(allow_redirects=said.get("allow_redirects", UNSET), enabled=said["enabled"])


def _options(intent: Intent) -> dict[str, Any]:
    card = {"installments": None, "mandate_options": None, "network": None, "request_three_d_secure": "automatic", **intent.options}
    return {"card": card}
