"""The values that pass between suites and drivers."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import Any, get_args

import pytest

from paypact import (
    ActionRequired,
    Address,
    Approved,
    Authentication,
    Card,
    Customer,
    Declined,
    Item,
    Money,
    Notification,
    Order,
    Payment,
    Pending,
    Rejected,
    Reply,
    SimulatedGateway,
    Unknown,
)
from paypact.cards import build
from paypact.payments import OUTCOMES, Outcome

EUR = Money(1090, "EUR")
CARD = build("visa")
SHOPPER = Customer(
    "Test Cardholder", "t@example.com", None, Address("1 Road", None, "Town", None, None, "US"), "en", ""
)
PAYMENT = Payment(
    "order-1",
    "order-1-1",
    EUR,
    CARD,
    "tok-1",
    SHOPPER,
    (Item("Umbrella", 1, EUR),),
    "An order",
    "https://shop.example/",
)
GATEWAY = SimulatedGateway("https://api.tin.example", {"key": "tin-test"}, {"EUR": "eur", "USD-US": "us", "USD": "usd"})

VALUES: list[Any] = [
    *(EUR, SHOPPER, SHOPPER.address, PAYMENT.items[0], PAYMENT, Approved("t"), Declined("no"), ActionRequired("t")),
    *(Pending("t"), Rejected("no"), Unknown(), Order("paid"), Reply(200), Authentication("passed"), GATEWAY),
    Notification("POST", "https://shop.example/hook", {}, b"", "203.0.113.7"),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_do_not_change(value: Any) -> None:
    """What a driver was given, or told, stays what it was."""
    name = next(iter(value.__dataclass_fields__))

    with pytest.raises(FrozenInstanceError):
        setattr(value, name, None)


def test_a_new_attempt_is_made_by_whoever_made_the_payment() -> None:
    """`again` asks for a new attempt at the same order, with the same card or another one."""
    asked: list[tuple[Payment, Card | None]] = []

    def reissue(payment: Payment, card: Card | None) -> Payment:
        asked.append((payment, card))
        return replace(payment, attempt="order-1-2", card=card or payment.card)

    payment = replace(PAYMENT, reissue=reissue)
    other = build("jcb")

    assert payment.again(card=other).card == other
    assert payment.again().attempt == "order-1-2"
    assert asked == [(payment, other), (payment, None)]


def test_a_payment_built_by_hand_has_no_next_attempt() -> None:
    """A token cannot be made up: whoever builds payments by hand builds the second one too."""
    with pytest.raises(RuntimeError) as refused:
        PAYMENT.again()

    assert str(refused.value) == (
        "payment 'order-1-1' was built by hand: no simulator can mint the next attempt's token. "
        "Take payments from a suite, or build the second one by hand too."
    )


def test_payments_are_equal_by_what_they_say() -> None:
    """How the next attempt is made is no part of a payment's value."""
    assert replace(PAYMENT, reissue=lambda payment, card: payment) == PAYMENT
    assert replace(PAYMENT, attempt="order-1-2") != PAYMENT


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        (ActionRequired("t", client_secret="pi_1_secret_2"), "pi_1_secret_2"),
        (GATEWAY, "tin-test"),
        (replace(PAYMENT, browser={"data": "test_4111"}), "test_4111"),
        (PAYMENT, CARD.number),
    ],
    ids=["client_secret", "credentials", "browser", "card"],
)
def test_no_secret_is_printed(value: object, secret: str) -> None:
    """A value that lands in a log or an assertion message shows no key, no card number, no client secret."""
    assert secret not in repr(value)


ACCOUNTS = [("EUR", None, "eur"), ("EUR", "KE", "eur"), ("USD", None, "usd"), ("USD", "US", "us"), ("USD", "KE", "usd")]


@pytest.mark.parametrize(("currency", "country", "account"), ACCOUNTS)
def test_the_merchant_account_of_a_currency(currency: str, country: str | None, account: str) -> None:
    """The account for currency and country, else for the currency."""
    assert GATEWAY.merchant_account(currency, country) == account


def test_one_account_for_everything() -> None:
    """A vendor with a single account has it under a star."""
    assert SimulatedGateway("https://api.tin.example", {}, {"*": "shop"}).merchant_account("JPY", "JP") == "shop"


def test_a_currency_that_no_account_settles() -> None:
    """The message names the currencies that there are accounts for."""
    with pytest.raises(KeyError) as refused:
        GATEWAY.merchant_account("JPY")

    assert refused.value.args == (
        "no simulated merchant account settles 'JPY'; there are accounts for ['EUR', 'USD', 'USD-US']",
    )


def test_what_is_left_out_is_not_said() -> None:
    """Defaults say nothing: in full, no reason to give up the card, not judged."""
    assert (Approved("t").amount, Approved("t").card) == (None, None)
    assert (Declined("no").transaction, Declined("no").final) == (None, None)
    assert (Order("paid").captured, Order("paid").refunded) == (None, None)
    assert (Unknown().transaction, dict(Authentication("passed").params)) == (None, {})
    assert (Reply(204).body, dict(Reply(204).headers), dict(PAYMENT.browser)) == (b"", {}, {})


def test_an_outcome_is_one_of_six() -> None:
    """The tuple that is asked at run time names the types of the annotation."""
    assert set(OUTCOMES) == set(get_args(Outcome))


def test_money_says_its_unit() -> None:
    """Nobody should take minor units for major ones."""
    assert str(EUR) == "1090 EUR (minor units)"
