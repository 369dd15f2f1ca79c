"""Checkout Sessions: the vendor's hosted page for one intent.

The purchase stands in the ledger from the moment the session is made; its intent is shown once the shopper has paid on
the page. What becomes of the page is a function of that intent and of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import attempts, checks, intents, methods, setups
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Intent, Person, Session
from paypact.payments import Customer
from paypact.world.books import Purchase
from paypact.world.ids import letters
from paypact.world.wire import UNSET

PAGE = "https://checkout.stripe.com/c/pay/"
TEMPLATE = "{CHECKOUT_SESSION_ID}"
HOSTED = ("hosted", "hosted_page")  # before 2026-03-25.dahlia, and since
EAGER_UNTIL = "2022-08-01"  # docs.stripe.com/changelog: until then the PaymentIntent was made with the session
USED = ("succeeded", "requires_capture", "processing")  # of an intent whose page has led the shopper on
OPTIONAL = (
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "locale",
    "submit_type",
)


def create(account: Account, call: Call) -> wire.Session:
    asked, mode = call.params, call.params.get("mode", "payment")
    if mode not in ("payment", "setup"):
        raise account.not_simulated(f"Checkout Session of mode {mode}")
    if asked.get("ui_mode", HOSTED[0]) not in HOSTED:
        raise account.not_simulated(f"Checkout Session with ui_mode {asked['ui_mode']}")
    checks.texts(account, asked, "sessions")
    if "success_url" not in asked:
        raise account.refuse("parameter_missing", name="success_url")
    for name in ("success_url", "cancel_url"):
        if "://" not in asked.get(name, "://"):
            raise account.refuse("session_url_invalid", name=name)
    if "customer" in asked and "customer_email" in asked:
        raise account.refuse("session_customer_twice")
    intent = _intent(account, call, mode)
    session = intent.session = Session(
        f"cs_test_{letters(account.serial, 'session', intent.id, length=32)}{letters('page', intent.id, length=26)}",
        account.now(),
        asked,
        checks.metadata(account, asked, {}),
        _expiry(account, asked),
        eager=mode == "payment" and call.version < EAGER_UNTIL,
    )
    purchase = account.open(intent)
    account.ledger.name(session.id, purchase)
    account.world.clock.call_later(
        session.expires_at - account.world.clock.time(), lambda: _end(account, purchase, "lapse")
    )
    return render(account, purchase, items=_wants_items(call))


def _intent(account: Account, call: Call, mode: str) -> Intent:
    """The intent that the page will confirm; checked now, as far as it is known."""
    asked, kind = call.params, "payment" if mode == "payment" else "setup"
    said = asked.get(f"{kind}_intent_data") or {}
    options = asked.get("payment_method_options")
    listed = {"payment_method_types": asked["payment_method_types"]} if "payment_method_types" in asked else {}
    inner = {**said, **({"customer": asked["customer"]} if "customer" in asked else {}), **listed}
    made = Call(call.key, call.path, "", {**inner, "payment_method_options": options}, call.version)
    intent = intents.opened(account, made, kind, intents.render if kind == "payment" else setups.render)
    intent.automatic = None
    checks.texts(account, said, "payment_intents")
    if kind == "setup":
        intent.params, intent.currency = {"usage": "off_session", **said}, asked.get("currency", "usd").lower()
        return intent
    currencies = {item["price_data"]["currency"].lower() for item in _priced(account, asked)}
    if len(currencies) > 1:
        raise account.refuse("session_currencies")
    intent.currency, intent.amount = currencies.pop(), sum(map(_total, asked["line_items"]))
    if not intent.amount:
        raise account.not_simulated("Checkout Session of nothing")
    checks.amount(account, intent.amount, intent.currency)
    intent.capture_method = said.get("capture_method", "automatic_async")
    intent.params = {name: said[name] for name in intents.ECHOED if name in said}
    return intent


def _priced(account: Account, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    items = asked.get("line_items")
    if not items:
        raise account.refuse("parameter_missing", name="line_items")
    if len(items) > account.facts.limits["line_items"]:
        raise account.refuse("session_items_many", most=account.facts.limits["line_items"])
    for place, item in enumerate(items):
        data, path = item.get("price_data"), f"line_items[{place}]"
        if data is None:
            if "price" not in item:
                raise account.refuse("parameter_missing", name=f"{path}[price]")
            raise account.not_simulated("line_items[price]: a price of the catalogue")
        if "product" in data or "unit_amount_decimal" in data or "recurring" in data:
            raise account.not_simulated("price_data with product, unit_amount_decimal or recurring")
        for name in ("unit_amount", "product_data"):
            if name not in data:
                raise account.refuse("parameter_missing", name=f"{path}[price_data][{name}]")
        yield item


def _total(item: dict[str, Any]) -> int:
    return int(item["price_data"]["unit_amount"] * item.get("quantity", 1))


def _expiry(account: Account, asked: dict[str, Any]) -> int:
    least, most = (account.now() + account.facts.limits[f"session_seconds_{word}"] for word in ("least", "most"))
    at: int = asked.get("expires_at", most)
    if not least <= at <= most:
        raise account.refuse("session_expiry_soon" if at < least else "session_expiry_late")
    return at


# --- the other calls ------------------------------------------------------------------------------------------------


def find(account: Account, id_: str) -> Purchase:
    """The purchase of a session.

    Raises:
        Refusal: there is no such session.
    """
    purchase = account.ledger.named(id_, Purchase)
    if purchase is None or not id_.startswith("cs_"):
        raise account.missing("checkout_session", id_, None)
    return purchase


def retrieve(account: Account, call: Call) -> wire.Session:
    return render(account, find(account, call.id), items=_wants_items(call))


def update(account: Account, call: Call) -> wire.Session:
    purchase = find(account, call.id)
    session: Session = purchase.data.session
    session.metadata = checks.metadata(account, call.params, session.metadata)
    return render(account, purchase, items=_wants_items(call))


def expire(account: Account, call: Call) -> wire.Session:
    purchase = find(account, call.id)
    now = status(purchase)
    if now != "open":
        raise account.refuse("session_state", status=now)
    _end(account, purchase, "cancel")
    return render(account, purchase, items=_wants_items(call))


def all_of(account: Account, call: Call) -> wire.Page:
    asked, customer = call.params, account.customer(call.params)
    email = (asked.get("customer_details") or {}).get("email")
    found = [
        purchase.data.session
        for purchase in reversed(account.ledger.purchases)
        if purchase.data.session is not None
        and customer in (None, purchase.data.customer)
        and asked.get("payment_intent") in (None, shown_intent(purchase))
        and asked.get("status") in (None, status(purchase))
        and email in (None, purchase.data.session.buyer and purchase.data.session.buyer.email)
    ]
    return page(account, call, found, lambda one: render(account, find(account, one.id), items=_wants_items(call)))


def line_items(account: Account, call: Call) -> wire.Page:
    return page(account, call, _items(account, find(account, call.id)), lambda one: one)


def _wants_items(call: Call) -> bool:
    return not {"line_items", "data.line_items"}.isdisjoint(call.params.get("expand", ()))


# --- what becomes of it -----------------------------------------------------------------------------------------------


def status(purchase: Purchase) -> str:
    """The status of the session of a purchase."""
    session: Session = purchase.data.session
    if session.completed or attempts.status(purchase) in USED:
        return "complete"
    return "open" if purchase.state == "open" else "expired"


def shown_intent(purchase: Purchase) -> str | None:
    """The id of the PaymentIntent or SetupIntent, where the vendor shows it already."""
    intent: Intent = purchase.data
    return intent.id if intent.session is None or intent.session.eager or purchase.authorizations else None


def takes(purchase: Purchase, buyer: Customer) -> bool:
    """Whether the page still takes a card; who the shopper is was typed there."""
    if status(purchase) != "open":
        return False
    purchase.data.session.buyer = buyer
    return True


def landed(account: Account, purchase: Purchase) -> dict[str, str]:
    """The parameters with which the page leads the shopper on to the shop, where it does."""
    session: Session = purchase.data.session
    if status(purchase) != "complete":
        return {}  # the page says why, and the shopper goes back by its link or of their own
    if not session.completed:
        session.completed = True
        _become_customer(account, purchase)
    return success_parameters(purchase)


def success_parameters(purchase: Purchase) -> dict[str, str]:
    """The parameters in the URL where the page leads who has paid."""
    return dict(parse_qsl(urlsplit(success_url(purchase)).query))


def success_url(purchase: Purchase) -> str:
    """Where the page leads who has paid, with the session's id where the shop left a place for it."""
    session: Session = purchase.data.session
    return str(session.params["success_url"]).replace(TEMPLATE, session.id)


def _become_customer(account: Account, purchase: Purchase) -> None:
    """A guest becomes a customer where the session says so, or where a card was to be kept."""
    intent: Intent = purchase.data
    session, buyer = intent.session, intent.session.buyer if intent.session else None
    if session is None or buyer is None or intent.customer is not None:
        return
    keeps = bool(intent.params.get("setup_future_usage"))
    if keeps or session.params.get("customer_creation") == "always":
        said = {"email": buyer.email, "name": buyer.name, "phone": buyer.phone}
        person = Person(account.make_id("cus_"), account.now(), {}, said)
        account.people[person.id], intent.customer = person, person.id
        if keeps:
            attempts.saved(purchase.authorizations[-1])


def _end(account: Account, purchase: Purchase, event: str) -> None:
    """The page ends, by time or by the shop; a challenge that still waits there ends with it."""
    if status(purchase) != "open":
        return
    waiting = attempts.newest(purchase)
    if waiting is not None and waiting.state in attempts.LIVE:
        account.ledger.request("void", waiting)
    purchase.data.canceled_at = account.now()
    account.ledger.move(purchase, event)


# --- rendering ------------------------------------------------------------------------------------------------------


def render(account: Account, purchase: Purchase, *, items: bool = False) -> wire.Session:
    """The session as it is now; its line items only where they are asked for."""
    intent: Intent = purchase.data
    session, now = intent.session, status(purchase)
    assert session is not None
    said, pays, shown = session.params, intent.kind == "payment", shown_intent(purchase)
    total = intent.amount if pays else None
    paid = attempts.status(purchase) == "succeeded"
    texts: dict[str, Any] = {name: said.get(name) for name in OPTIONAL}
    listed = wire.Page(
        data=list(_items(account, purchase)), has_more=False, url=f"/v1/checkout/sessions/{session.id}/line_items"
    )
    return wire.Session(
        **texts,
        id=session.id,
        adaptive_pricing=wire.Enabled() if pays else None,
        amount_subtotal=total,
        amount_total=total,
        automatic_tax=wire.Tax(),
        created=session.created,
        currency=intent.currency if pays else said.get("currency"),
        custom_fields=[],
        custom_text=wire.Texts(),
        customer=intent.customer,
        customer_creation=None if said.get("customer") else said.get("customer_creation", "if_required"),
        customer_details=_buyer(session) if now == "complete" else None,
        discounts=[] if pays else None,
        expires_at=session.expires_at,
        invoice_creation={"enabled": False, "invoice_data": {}} if pays else None,
        line_items=listed if items else UNSET,
        metadata=session.metadata,
        mode=said.get("mode", "payment"),
        payment_intent=shown if pays else None,
        payment_method_collection="always" if pays else None,
        payment_method_options=said.get("payment_method_options") or {},
        payment_method_types=intent.types,
        payment_status=("paid" if paid else "unpaid") if pays else "no_payment_required",
        phone_number_collection=wire.Enabled(),
        setup_intent=None if pays else shown,
        shipping_options=[],
        status=now,
        success_url=said["success_url"],
        total_details=wire.Totals() if pays else None,
        ui_mode=said.get("ui_mode", "hosted_page"),
        url=f"{PAGE}{session.id}" if now == "open" else None,
    )


def _buyer(session: Session) -> wire.Buyer | None:
    """What was typed on the page: it asks for name and e-mail address, and for the country with the card."""
    buyer = session.buyer
    if buyer is None:
        return None
    place = {"country": buyer.address.country, "postal_code": buyer.address.postcode or ""}
    email = session.params.get("customer_email") or buyer.email
    return wire.Buyer(address=methods.address(place), email=email, name=buyer.name, phone=None, tax_ids=[])


def _items(account: Account, purchase: Purchase) -> Iterator[wire.LineItem]:
    session: Session = purchase.data.session
    for place, item in enumerate(session.params.get("line_items", ())):
        data, of, total = item["price_data"], f"{session.id}/{place}", _total(item)
        unit, currency = data["unit_amount"], data["currency"].lower()
        price = wire.Price(
            id=account.make_id("price_", of),
            created=session.created,
            currency=currency,
            metadata={},
            product=account.make_id("prod_", of),
            unit_amount=unit,
            unit_amount_decimal=str(unit),
        )
        yield wire.LineItem(
            id=account.make_id("li_", of),
            amount_subtotal=total,
            amount_total=total,
            currency=currency,
            description=data["product_data"]["name"],
            price=price,
            quantity=item.get("quantity", 1),
        )
