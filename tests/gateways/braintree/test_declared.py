"""Every attribute that the SDK declares stands in the replies, and the XML is of the kind that the SDK survives."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import braintree
import pytest
from braintree.credit_card_verification import CreditCardVerification
from braintree.util.xml_util import XmlUtil

from paypact.gateways.braintree import wire
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


def every_reply(sdk: Any, sale: Any, nonce: Any, days: Callable[[float], None]) -> None:
    """One reply of every kind."""
    from paypact.world.issuer import decline

    made, held = sale(options={"store_in_vault_on_success": True}).transaction, sale(submit=False).transaction
    sale(decline("lost_card"))
    sale(amount="0.00")
    sdk.transaction.submit_for_partial_settlement(held.id, "1.00")
    sdk.transaction.find(held.id)
    days(1)
    sdk.transaction.refund(made.id)
    list(sdk.transaction.search(braintree.TransactionSearch.type == "sale").items)
    sdk.verification.create({"payment_method_nonce": nonce()})
    sdk.verification.create({"payment_method_nonce": nonce(decline("lost_card"))})
    sdk.customer.create({"payment_method_nonce": nonce()})


def test_xml_of_every_reply(sdk: Any, sale: Any, nonce: Any, days: Callable[[float], None], world: World) -> None:
    """No element has type and nil at once, no list lacks its type, errors have their inner list: else the SDK dies."""
    every_reply(sdk, sale, nonce, days)
    seen = [exchange.raw.decode() for exchange in world.recording.exchanges]

    assert len(seen) > 10
    for text in seen:
        assert not re.search(r"<[^>]*\btype=[^>]*\bnil=|<[^>]*\bnil=[^>]*\btype=", text)
        assert "_" not in "".join(re.findall(r"<([\w-]+)[ >/]", text))
        assert "<errors>" not in text or 'type="array"' in text
        assert XmlUtil.dict_from_xml(text)


def test_types_reach_the_caller(sale: Any) -> None:
    """Lists stay lists where they are empty, times are times, what has no value is None, booleans are no texts."""
    seen = sale().transaction

    assert (seen.refund_ids, seen.disputes, seen.recurring, seen.three_d_secure_info) == ([], [], False, None)
    assert seen.created_at.isoformat() == seen.status_history[0].timestamp.isoformat()
    assert seen.billing_details.postal_code is None
