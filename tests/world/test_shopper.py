"""The shopper goes where the integration sends them, or says that there is nowhere to go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import pytest

from paypact.cards import build
from paypact.payments import ActionRequired, Address, Authentication, Customer, Money, Payment
from paypact.world.issuer import Issuer, challenge
from paypact.world.shopper import NowhereToGo, Shopper

SHOPPER = Customer(
    "Test Cardholder", "t@example.com", None, Address("1 Road", None, "Town", None, None, "US"), "en", ""
)
PAYMENT = Payment(
    "order-1", "order-1-1", Money(1090, "EUR"), build("visa"), "", SHOPPER, (), "", "https://shop.example/"
)


class Street:
    """As much of a world as a shopper needs: a place that exists, and who was seen there."""

    def __init__(self) -> None:
        self.simulator = self
        self.seen: list[tuple[str, Payment, str, Payment | None]] = []
        self.walking: Payment | None = None

    @contextmanager
    def outside(self, payment: Payment) -> Iterator[None]:
        self.walking = payment
        yield
        self.walking = None

    def visit(self, place: str, payment: Payment, result: str) -> Mapping[str, str] | None:
        self.seen.append((place, payment, result, self.walking))
        return {"intent": "1"} if place in ("https://bank.example/3ds", "secret-1") else None


@pytest.mark.parametrize("result", ["passed", "failed", "abandoned"])
@pytest.mark.parametrize(
    ("outcome", "place"),
    [
        (ActionRequired("t", url="https://bank.example/3ds"), "https://bank.example/3ds"),
        (ActionRequired("t", client_secret="secret-1"), "secret-1"),
        (ActionRequired("t", url="https://bank.example/3ds", client_secret="secret-1"), "https://bank.example/3ds"),
    ],
    ids=["url", "client_secret", "both"],
)
def test_the_shopper_acts_and_comes_back(
    outcome: ActionRequired, place: str, result: Literal["passed", "failed", "abandoned"]
) -> None:
    """At the url, else in the gateway's component; on their own, with what the gateway sends back to the shop."""
    street: Any = Street()

    assert Shopper(street).act(PAYMENT, outcome, result) == Authentication(result, {"intent": "1"})
    assert street.seen == [(place, PAYMENT, result, PAYMENT)]


NOWHERE = [
    (ActionRequired("t"), "ActionRequired has neither url nor client_secret: the shopper has nowhere to go"),
    (ActionRequired("t", url=""), "ActionRequired has neither url nor client_secret: the shopper has nowhere to go"),
    (
        ActionRequired("t", url="https://bank.example/elsewhere"),
        "the url of ActionRequired is unknown to the gateway: the shopper has nowhere to go",
    ),
    (
        ActionRequired("t", client_secret="secret-2"),
        "the client_secret of ActionRequired is unknown to the gateway: the shopper has nowhere to go",
    ),
]


@pytest.mark.parametrize(("outcome", "message"), NOWHERE, ids=["neither", "empty url", "url", "client_secret"])
def test_nowhere_to_go(outcome: ActionRequired, message: str) -> None:
    """A place that is missing or unknown is named by its kind, never by its content: it may be a secret."""
    street: Any = Street()

    with pytest.raises(NowhereToGo) as nowhere:
        Shopper(street).act(PAYMENT, outcome)

    assert str(nowhere.value) == message


@pytest.mark.parametrize("passes", [True, False])
def test_the_shopper_is_asked_beforehand(passes: bool) -> None:
    """Where the next answer is a challenge and the component asks before it makes a token; counted each time."""
    street: Any = Street()
    street.issuer = Issuer(["approve", "challenge"])
    shopper = Shopper(street)
    shopper.passes = passes
    plain = shopper.beforehand(PAYMENT.card)
    street.issuer.answers(PAYMENT.card, challenge())

    assert (plain, shopper.beforehand(PAYMENT.card), shopper.challenged) == (None, passes, 1)
