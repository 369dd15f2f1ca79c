"""Every attribute that the SDK declares stands in the replies, and the XML is of the kind that the SDK survives."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import braintree
import pytest
from braintree.credit_card_verification import CreditCardVerification
from braintree.util.xml_util import XmlUtil

from paypact.gateways.braintree import wire
from paypact.gateways.braintree.simulator import ROUTES
from paypact.world.ids import placed
from paypact.world.issuer import challenge, decline, reject
from paypact.world.wire import Wire, fields
from paypact.world.world import World

# Declared by the SDK and not in the replies, with the reason.
PRODUCT = "of a product that is not simulated, and absent where it is not used"
LEFT_OUT = {
    **dict.fromkeys(
        ("account_funding_transaction", "installments", "surcharge_amount", "upcoming_retry_date"), PRODUCT
    ),
    **dict.fromkeys(("retried_transaction_id", "retry_ids", "shipping_tax_amount", "liability_shift"), PRODUCT),
    **dict.fromkeys(
        ("merchant_advice_code", "merchant_advice_code_text", "mastercard_transaction_link_id"),
        "of Mastercard; when it is there nobody says",
    ),
    "customer_id": "it stands in customer",
    "graphql_id": "the SDK's other name for global_id",
    "packages": "the SDK's other name for shipments",
    "partially_authorized": "the SDK computes it",
    "payment_method_token": "it stands in the details of the instrument",
    "refund_id": "of older versions, now refund_ids",
    "credit_card_details": "the SDK's other name for credit_card",
}


def declared(cls: type) -> set[str]:
    """What the class says of itself when it is printed."""
    source = inspect.getsource(cls.__repr__)
    return set(re.findall(r'"(\w+)"', source.partition("detail_list")[2].partition("]")[0]))


def on_the_wire(cls: type[Wire]) -> set[str]:
    return {field.name for field in fields(cls)}


def test_attributes_of_transactions() -> None:
    """Each is declared here, or there is a reason why not; no reason is without its attribute."""
    theirs = declared(braintree.Transaction)
    missing = theirs - on_the_wire(wire.Transaction)

    assert len(theirs) > 50
    assert missing == set(LEFT_OUT)


def test_attributes_of_customers() -> None:
    """Two of the SDK's attributes are left out: the phone in parts, and the other name of global_id."""
    assert declared(braintree.Customer) - on_the_wire(wire.Customer) == {"graphql_id", "international_phone"}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (braintree.Transaction.Status, {"authorized", "gateway_rejected", "settled", "voided"}),
        (CreditCardVerification.Status, {"verified", "processor_declined"}),
        (braintree.Transaction.Type, {"sale", "credit"}),
    ],
    ids=["transactions", "verifications", "types"],
)
def test_words(theirs: type, ours: set[str]) -> None:
    """The words used here are the SDK's."""
    assert ours <= {value for name, value in vars(theirs).items() if not name.startswith("_")}


def test_properties_of_cards(sale: Any) -> None:
    """Whatever the SDK computes of a card it finds the parts of."""
    card = sale().transaction.credit_card_details
    for name, value in inspect.getmembers(type(card)):
        if isinstance(value, property):
            assert getattr(card, name)


def every_reply(sdk: Any, sale: Any, nonce: Any, days: Callable[[float], None], world: World) -> Iterator[Any]:
    """One reply of every kind: each endpoint's, in telling states, and what webhooks show."""
    outbox = world.listen()
    kept = sale(options={"store_in_vault_on_success": True}, order_id="o-1")
    made, held, small = kept.transaction, sale(submit=False).transaction, sale(submit=False).transaction
    token, customer = made.credit_card_details.token, made.customer_details.id
    yield kept
    yield from (sale(decline("lost_card")), sale(reject("blocked_list")), sale(amount="0.00"), sale(challenge()))
    yield from (sale(payment_method_nonce=nonce(wallet=wallet)) for wallet in ("apple_pay", "google_pay"))
    yield sdk.transaction.submit_for_partial_settlement(held.id, "1.00")
    yield sdk.transaction.adjust_authorization(small.id, "11.00")
    yield sdk.transaction.submit_for_settlement(small.id)
    yield from (sdk.transaction.void(small.id), sdk.transaction.reverse(sale().transaction.id))
    yield sdk.testing.settle_transaction(sale().transaction.id)
    yield sdk.transaction.find(held.id)
    days(1)
    yield sdk.transaction.refund(made.id)
    yield sale()
    world.ledger.request("chargeback", world.ledger.purchases[-1].authorizations[0])
    days(2)
    yield from sdk.transaction.search(braintree.TransactionSearch.type == "sale").items
    checked = sdk.verification.create({"payment_method_nonce": nonce()})
    yield from (checked, sdk.verification.find(checked.verification.id))
    yield sdk.verification.create({"payment_method_nonce": nonce(decline("lost_card"))})
    yield sdk.customer.create({"payment_method_nonce": nonce()})
    yield from (sdk.customer.find(customer), sdk.customer.update(customer, {"first_name": "Jo"}))
    yield from (
        sdk.payment_method.create({"customer_id": customer, "payment_method_nonce": nonce(wallet=wallet)})
        for wallet in (None, "apple_pay", "google_pay")
    )
    yield sdk.payment_method.find(token)
    sdk.payment_method.delete(token)
    other = sale(options={"store_in_vault": True}).transaction
    yield sdk.credit_card.find(other.credit_card_details.token)
    sdk.credit_card.delete(other.credit_card_details.token)
    sdk.customer.delete(customer)
    sdk.client_token.generate()
    for event in outbox.happened:
        form = parse_qs(outbox.sealed(event).body.decode())
        yield sdk.webhook_notification.parse(form["bt_signature"][0], form["bt_payload"][0])


def objects(found: Any, seen: set[int]) -> Iterator[Any]:
    """Every object of the SDK's that a reply was made into."""
    if isinstance(found, (list, tuple)):
        for each in found:
            yield from objects(each, seen)
    elif type(found).__module__.startswith("braintree.") and id(found) not in seen:
        seen.add(id(found))
        if not type(found).__module__.endswith("gateway"):
            yield found
            yield from objects([value for name, value in vars(found).items() if name != "gateway"], seen)


def computed(cls: type) -> list[str]:
    """The properties of a class, but for those that are calls of their own."""
    members = inspect.getmembers(cls, lambda member: isinstance(member, property))
    return [name for name, member in members if "gateway" not in member.fget.__code__.co_names]


def test_whatever_the_sdk_declares_is_there(sdk: Any, sale: Any, nonce: Any, days: Any, world: World) -> None:
    """Every endpoint replies; each object that the SDK makes of a reply prints, and each of its properties is read."""
    names, every = set(), list(every_reply(sdk, sale, nonce, days, world))
    for reply in every:
        for one in objects(reply, set()):
            names.add(type(one).__name__)
            assert repr(one)
            empty = getattr(one, "last_4", "") is None  # the card of a wallet's transaction, without content
            for name in computed(type(one)) if not empty else ():
                getattr(one, name)
    base = f"/merchants/{world.simulator.credentials()['merchant_id']}/"
    asked = [(each.request.method, each.request.path.removeprefix(base)) for each in world.recording.exchanges]

    assert {placed(ROUTES, method, path)[0] for method, path in asked} == set(ROUTES)
    assert names >= {
        *("Transaction", "CreditCardVerification", "Customer", "CreditCard", "ApplePayCard", "AndroidPayCard"),
        *("ThreeDSecureInfo", "StatusEvent", "AuthorizationAdjustment", "Address", "Dispute", "ErrorResult"),
        *("SuccessfulResult", "WebhookNotification", "TransactionDetails"),
    }


def test_xml_of_every_reply(sdk: Any, sale: Any, nonce: Any, days: Callable[[float], None], world: World) -> None:
    """No element has type and nil at once, no list lacks its type, errors have their inner list: else the SDK dies."""
    assert list(every_reply(sdk, sale, nonce, days, world))
    seen = [exchange.raw.decode() for exchange in world.recording.exchanges]

    assert len(seen) > 10
    for text in seen:
        assert not re.search(r"<[^>]*\btype=[^>]*\bnil=|<[^>]*\bnil=[^>]*\btype=", text)
        assert "_" not in "".join(re.findall(r"<([\w-]+)[ >/]", text))
        assert "<errors>" not in text or 'type="array"' in text
        assert not text or XmlUtil.dict_from_xml(text)


def test_types_reach_the_caller(sale: Any) -> None:
    """Lists stay lists where they are empty, times are times, what has no value is None, booleans are no texts."""
    seen = sale().transaction

    assert (seen.refund_ids, seen.disputes, seen.recurring, seen.three_d_secure_info) == ([], [], False, None)
    assert seen.created_at.isoformat() == seen.status_history[0].timestamp.isoformat()
    assert seen.billing_details.postal_code is None
