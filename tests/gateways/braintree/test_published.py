"""The vendor's published nonces, card numbers and amounts do what the vendor says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import braintree
import pytest
from braintree.test.nonces import Nonces

from paypact.cards.catalogue import luhn_valid
from paypact.gateways import load

FACTS = load("braintree").facts
NAMED = {test.token: test for test in FACTS.test_cards if test.token}
GOOD = [token for token in NAMED if token.startswith(("fake-valid", "fake-three"))]
SAID = {  # what the others come to: status, processor's code or gateway's reason, validation error
    "fake-processor-declined-visa-nonce": ("processor_declined", "2000", ""),
    "fake-processor-declined-mastercard-nonce": ("processor_declined", "2000", ""),
    "fake-processor-declined-amex-nonce": ("processor_declined", "2000", ""),
    "fake-processor-declined-discover-nonce": ("processor_declined", "2000", ""),
    "fake-processor-failure-jcb-nonce": ("failed", "3000", ""),
    "fake-gateway-rejected-fraud-nonce": ("gateway_rejected", "fraud", ""),
    "fake-gateway-rejected-risk-thresholds-nonce": ("gateway_rejected", "risk_threshold", ""),
    "fake-luhn-invalid-nonce": ("", "", "81715"),
    "fake-consumed-nonce": ("", "", "91564"),
}


@pytest.mark.parametrize("token", GOOD)
def test_good_nonces(sdk: Any, token: str) -> None:
    """They are approved, show their card type and indicators, and can be used again and again."""
    test = NAMED[token]
    seen = sdk.transaction.sale({"amount": "10.00", "payment_method_nonce": token}).transaction
    again = sdk.transaction.sale({"amount": "11.00", "payment_method_nonce": token})

    card = seen.credit_card_details
    assert (seen.status, card.card_type, card.last_4) == (
        *("authorized", FACTS.schemes[test.scheme].brand, test.number[-4:]),
    )
    told = {name: value for name, value in test.wire.items() if hasattr(card, name)}
    assert {name: getattr(card, name) for name in told} == told
    assert again.is_success


def test_indicators(sdk: Any) -> None:
    """Three-valued texts, no booleans."""

    def shown(token: str) -> tuple[str, str]:
        card = sdk.transaction.sale({"amount": "1.00", "payment_method_nonce": token}).transaction.credit_card_details
        return card.debit, card.prepaid

    assert shown("fake-valid-debit-nonce") == ("Yes", "No")
    assert shown("fake-valid-no-indicators-nonce") == ("No", "No")
    assert shown("fake-valid-unknown-indicators-nonce") == ("Unknown", "Unknown")


@pytest.mark.parametrize("token", SAID)
def test_bad_nonces(sdk: Any, token: str) -> None:
    """They are declined, rejected or refused, each in its own way."""
    status, word, code = SAID[token]
    result = sdk.transaction.sale({"amount": "10.00", "payment_method_nonce": token})

    assert not result.is_success
    if code:
        assert [error.code for error in result.errors.deep_errors] == [code]
        return
    seen = result.transaction
    assert (seen.status, seen.gateway_rejection_reason or seen.processor_response_code) == (status, word)


def test_every_nonce_of_the_sdk_for_cards_is_listed() -> None:
    """Those of other instruments are not simulated."""
    other = (
        "paypal",
        "venmo",
        "pay-",
        "masterpass",
        "checkout",
        "sepa",
        "europe",
        "us-bank",
        "local",
        "tokensam",
        "meta",
    )
    cards = {
        value
        for name, value in vars(Nonces).items()
        if not name.startswith("_") and not any(word in value for word in other)
    } - {"fake-abstract-transactable-nonce", "fake-pinless-debit-visa-nonce"}  # no cards of one's own; a debit network

    assert cards == set(NAMED)


def test_three_d_secure(sdk: Any) -> None:
    """The nonce carries what became of it; who requires it gets no transaction without a shift of liability."""
    asked = {"amount": "10.00", "options": {"three_d_secure": {"required": True}}}
    passed = sdk.transaction.sale({**asked, "payment_method_nonce": Nonces.ThreeDSecureVisaFullAuthentication})
    failed = sdk.transaction.sale(
        {**asked, "amount": "11.00", "payment_method_nonce": Nonces.ThreeDSecureVisaFailedAuthentication}
    )
    never = sdk.transaction.sale({**asked, "amount": "12.00", "payment_method_nonce": Nonces.Transactable})

    info = passed.transaction.three_d_secure_info
    assert (info.status, info.liability_shifted, info.enrolled) == ("authenticate_successful", True, "Y")
    assert [each.transaction.gateway_rejection_reason for each in (failed, never)] == ["three_d_secure"] * 2
    assert failed.transaction.three_d_secure_info.status == "authenticate_failed"
    assert never.transaction.three_d_secure_info is None


AMOUNTS = [  # the amount, the status, the processor's code or the gateway's reason
    ("1999.99", "authorized", "1000"),
    ("2000.00", "processor_declined", "2000"),
    ("2001.00", "processor_declined", "2001"),
    ("2012.50", "processor_declined", "2012"),
    ("2999.99", "processor_declined", "2046"),
    ("3000.00", "failed", "3000"),
    ("3001.00", "authorized", "1000"),
    ("4001.00", "authorized", "1000"),
    ("5001.00", "gateway_rejected", "application_incomplete"),
    ("5002.00", "authorized", "1000"),
]


@pytest.mark.parametrize(("amount", "status", "word"), AMOUNTS)
def test_amounts(sdk: Any, amount: str, status: str, word: str) -> None:
    """A published card is answered by the amount; codes that no neutral word has are plain declines."""
    result = sdk.transaction.sale({"amount": amount, "payment_method_nonce": "fake-valid-nonce"})
    seen = result.transaction

    assert (seen.status, seen.gateway_rejection_reason or seen.processor_response_code) == (status, word)


def test_amounts_mean_nothing_to_scripted_cards(sale: Any) -> None:
    """What a suite says of a card goes before what the vendor says of an amount."""
    assert sale(amount="2001.00").transaction.status == "submitted_for_settlement"


@pytest.mark.parametrize("number", ["4000111111111115", "5105105105105100", "378734493671000", "6011000990139424"])
def test_numbers_that_fail_verification(sdk: Any, number: str) -> None:
    """They are charged all the same."""
    card = {"number": number, "expiration_date": "12/34"}

    assert not sdk.verification.create({"credit_card": card}).is_success
    assert sdk.transaction.sale({"amount": "10.00", "credit_card": card}).is_success


def test_a_number_that_is_disputed(sdk: Any) -> None:
    """What it paid is disputed at once."""
    card = {"number": "4023898493988028", "expiration_date": "12/34"}
    asked = {"amount": "10.00", "credit_card": card, "options": {"submit_for_settlement": True}}
    made = sdk.transaction.sale(asked).transaction

    (dispute,) = sdk.transaction.find(made.id).disputes
    assert (dispute.amount, dispute.status, dispute.transaction.id) == (Decimal("10.00"), "open", made.id)


@pytest.mark.parametrize("test", FACTS.test_cards, ids=lambda test: test.token or test.number)
def test_published_numbers(test: Any) -> None:
    """They carry their check digit, and belong to a scheme that the facts know."""
    assert luhn_valid(test.number)
    assert FACTS.schemes[test.scheme].brand in vars(braintree.CreditCard.CardType).values()
