"""Routes: every endpoint that is simulated, with what it answers and which of its parameters have an effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import (
    balance,
    charges,
    customers,
    disputes,
    events,
    intents,
    methods,
    refunds,
    search,
    sessions,
    setups,
)
from paypact.gateways.stripe.simulator.requests import Call
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


def _search(handler: Callable[[Any, Call], Wire], item: type[Wire]) -> Route:
    return Route(handler, wire.Found, frozenset({"query", "limit", "page", "expand"}), item)


_DATA = "type card billing_details metadata allow_redisplay"
_METHOD = "payment_method " + " ".join(f"payment_method_data.{one}" for one in _DATA.split())
_OPTIONS = " ".join(
    f"payment_method_options.card.{one}"
    for one in (
        *("request_three_d_secure", "network", "capture_method", "setup_future_usage"),
        *("request_multicapture", "request_incremental_authorization"),
    )
)
_ECHO = "metadata description receipt_email shipping statement_descriptor_suffix transfer_group setup_future_usage"
_FLOW = "off_session error_on_requires_action return_url use_stripe_sdk capture_method"
_TYPES = "payment_method_types"  # of callers of older versions
_NEW = f"confirm customer automatic_payment_methods allowed_payment_method_types {_TYPES}"
_PERSON = "address description email metadata name phone preferred_locales shipping"
_PI, _SI, _PM = "/v1/payment_intents", "/v1/setup_intents", "/v1/payment_methods"
_CS = "/v1/checkout/sessions"
_INNER = " ".join(
    f"payment_intent_data.{one}"
    for one in (
        *("capture_method", "description", "metadata", "receipt_email", "setup_future_usage", "shipping"),
        *("statement_descriptor_suffix", "transfer_group"),
    )
)

ROUTES: dict[str, Route] = {
    f"POST {_PI}": _to(
        intents.create,
        wire.PaymentIntent,
        f"amount currency confirmation_method {_NEW} {_METHOD} {_OPTIONS} {_ECHO} {_FLOW}",
    ),
    f"GET {_PI}": _list(intents.all_of, wire.PaymentIntent, "customer"),
    f"GET {_PI}/{{}}": _to(intents.retrieve, wire.PaymentIntent, "client_secret", page=True),
    f"POST {_PI}/{{}}": _to(
        intents.update,
        wire.PaymentIntent,
        f"amount currency customer capture_method {_TYPES} {_METHOD} {_OPTIONS} {_ECHO}",
    ),
    f"POST {_PI}/{{}}/confirm": _to(
        intents.confirm,
        wire.PaymentIntent,
        f"client_secret receipt_email shipping setup_future_usage {_TYPES} {_METHOD} {_OPTIONS} {_FLOW}",
        page=True,
    ),
    f"POST {_PI}/{{}}/capture": _to(intents.capture, wire.PaymentIntent, "amount_to_capture final_capture metadata"),
    f"POST {_PI}/{{}}/cancel": _to(intents.cancel, wire.PaymentIntent, "cancellation_reason"),
    f"POST {_PI}/{{}}/increment_authorization": _to(
        intents.increment, wire.PaymentIntent, "amount description metadata"
    ),
    f"GET {_PI}/search": _search(search.payment_intents, wire.PaymentIntent),
    f"POST {_SI}": _to(
        setups.create,
        wire.SetupIntent,
        f"{_NEW} {_METHOD} {_OPTIONS} metadata description usage return_url use_stripe_sdk",
    ),
    f"GET {_SI}/{{}}": _to(setups.retrieve, wire.SetupIntent, "client_secret", page=True),
    f"POST {_SI}/{{}}/confirm": _to(
        setups.confirm,
        wire.SetupIntent,
        f"client_secret {_METHOD} {_TYPES} return_url use_stripe_sdk",
        page=True,
    ),
    f"POST {_SI}/{{}}/cancel": _to(setups.cancel, wire.SetupIntent, "cancellation_reason"),
    "POST /v1/refunds": _to(refunds.create, wire.Refund, "amount charge payment_intent reason metadata"),
    "GET /v1/refunds": _list(refunds.all_of, wire.Refund, "charge payment_intent"),
    "GET /v1/refunds/{}": _to(refunds.retrieve, wire.Refund),
    "POST /v1/refunds/{}": _to(refunds.update, wire.Refund, "metadata"),
    "GET /v1/balance_transactions": _list(balance.all_of, wire.BalanceTransaction, "currency source type"),
    "GET /v1/balance_transactions/{}": _to(balance.retrieve, wire.BalanceTransaction),
    "GET /v1/charges": _list(charges.all_of, wire.Charge, "customer payment_intent"),
    "GET /v1/charges/search": _search(search.searched_charges, wire.Charge),
    "GET /v1/charges/{}": _to(charges.retrieve, wire.Charge),
    f"POST {_PM}": _to(methods.create, wire.PaymentMethod, _DATA, page=True),
    f"GET {_PM}": _list(methods.all_of, wire.PaymentMethod, "customer type"),
    f"GET {_PM}/{{}}": _to(methods.retrieve, wire.PaymentMethod),
    f"POST {_PM}/{{}}": _to(methods.update, wire.PaymentMethod, "billing_details metadata"),
    f"POST {_PM}/{{}}/attach": _to(methods.attach, wire.PaymentMethod, "customer"),
    f"POST {_PM}/{{}}/detach": _to(methods.detach, wire.PaymentMethod),
    "POST /v1/customers": _to(customers.create, wire.Customer, f"{_PERSON} payment_method"),
    "GET /v1/customers": _list(customers.all_of, wire.Customer, "email"),
    "GET /v1/customers/search": _search(search.searched_customers, wire.Customer),
    "GET /v1/customers/{}": _to(customers.retrieve, wire.Customer),
    "POST /v1/customers/{}": _to(customers.update, wire.Customer, f"{_PERSON} invoice_settings.default_payment_method"),
    "DELETE /v1/customers/{}": _to(customers.delete, wire.Deleted),
    "GET /v1/customers/{}/payment_methods": _list(methods.of_customer, wire.PaymentMethod, "type"),
    f"POST {_CS}": _to(
        sessions.create,
        wire.Session,
        "mode success_url cancel_url client_reference_id customer customer_email customer_creation currency expires_at "
        f"metadata line_items {_INNER} setup_intent_data {_OPTIONS} {_TYPES} ui_mode locale submit_type "
        "billing_address_collection allowed_payment_method_types",
    ),
    f"GET {_CS}": _list(sessions.all_of, wire.Session, "customer customer_details payment_intent status"),
    f"GET {_CS}/{{}}": _to(sessions.retrieve, wire.Session),
    f"POST {_CS}/{{}}": _to(sessions.update, wire.Session, "metadata"),
    f"POST {_CS}/{{}}/expire": _to(sessions.expire, wire.Session),
    f"GET {_CS}/{{}}/line_items": _list(sessions.line_items, wire.LineItem),
    "GET /v1/account": _to(events.merchant, wire.Merchant),
    "GET /v1/disputes": _list(disputes.all_of, wire.Dispute, "charge payment_intent"),
    "GET /v1/disputes/{}": _to(disputes.retrieve, wire.Dispute),
    "GET /v1/events": _list(events.all_of, wire.Event, "type types"),
    "GET /v1/events/{}": _to(events.retrieve, wire.Event),
}
