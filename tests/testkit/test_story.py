"""The story of an example: what was asked and told, what the books held, where the two part, what was paid."""

from __future__ import annotations

from typing import Any

import pytest

from paypact.payments import Address, Approved, Customer, Declined, Money, Payment
from paypact.report.model import Step
from paypact.testkit.story import Moment, Sums, paid, parting, steps

CHARGED = Sums(charged=1090, charges=1)


def moment(call: str, told: object, standing: str = "paid", sums: Sums = CHARGED, exchanges: int = 1) -> Moment:
    """A moment in euros."""
    return Moment(call, told, standing, sums, "EUR", exchanges)


@pytest.mark.parametrize(
    ("it", "step"),
    [
        (
            moment("sale", Approved("ch-1")),
            Step(call="sale", told="Approved", ledger="the card was charged: 10.90 EUR", exchanges=1),
        ),
        (
            moment("refund", KeyError("id"), sums=Sums(charged=1090, returned=500, charges=1)),
            Step(
                call="refund",
                told="crashed with KeyError: 'id'",
                ledger="the card was charged: 10.90 EUR charged, 5.00 EUR given back",
                exchanges=1,
            ),
        ),
        (
            Moment("capture", Approved("ch-1"), "authorized", Sums(held=1090), "EUR", 2, Money(1635, "EUR")),
            Step(
                call="capture 16.35 EUR",
                told="Approved",
                ledger="the money is held on the card: 10.90 EUR",
                exchanges=2,
            ),
        ),
        (
            moment("a day passes", None, "authorized", Sums(held=1090)),
            Step(call="a day passes", ledger="the money is held on the card: 10.90 EUR", exchanges=1),
        ),
        (
            moment("sale", Declined("lost"), "refused", Sums()),
            Step(call="sale", told="Declined (lost)", ledger="the card was refused", exchanges=1),
        ),
    ],
    ids=["charged", "crashed, given back in part", "asked for so much", "nobody was asked", "nothing was moved"],
)
def test_a_step(it: Moment, step: Step) -> None:
    """A moment reads as what was asked, what was told, and the books with their amounts."""
    assert list(steps([it], None)) == [step]


def test_where_shop_and_books_part() -> None:
    """It is the moment at which the outcome in question was told, the last such; else the one that was the newest."""
    wrong = Approved("ch-1")
    story = [moment("sale", Declined("x")), moment("lookup", wrong), moment("order", "paid")]

    assert [step.parted for step in steps(story, parting(story, wrong, 2))] == [False, True, False]
    assert parting(story, None, 2) == 2
    assert parting(story, Declined("x"), -1) is None
    assert parting([], None, 0) is None


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        (Sums(), "nothing"),
        (CHARGED, "10.90 EUR, the price of the order"),
        (Sums(charged=2180, charges=2), "21.80 EUR, in 2 charges, for an order of 10.90 EUR"),
        (Sums(charged=1090, returned=90, charges=1), "10.00 EUR, for an order of 10.90 EUR"),
        (Sums(charged=2180, returned=1090, charges=2), "10.90 EUR, in 2 charges, for an order of 10.90 EUR"),
        (Sums(charged=1090, returned=1090, charges=1), "nothing in the end, 10.90 EUR were given back"),
        (Sums(held=1090), "nothing; 10.90 EUR are held on the card"),
    ],
    ids=["nothing", "the price", "twice", "given back in part", "twice, one given back", "given back", "held"],
)
def test_what_the_shopper_paid(sums: Sums, said: str) -> None:
    """The sum of the order's charges, less what was given back, beside the price."""
    shopper = Customer("A", "a@example.com", None, Address("1", None, "B", None, None, "DE"), "en", "")
    payment = Payment("o", "o-1", Money(1090, "EUR"), None, "", shopper, (), "", "")  # type: ignore[arg-type]  # no card

    assert paid(sums, payment) == said


@pytest.mark.parametrize(
    ("driver", "promise", "key", "story", "said"),
    [
        (
            "ChargesTwice",
            "answers",
            "connection",
            [("sale", False), ("lookup", False), ("sale", True), ("lookup", False)],
            "21.80 EUR, in 2 charges, for an order of 10.90 EUR",
        ),
        (
            "BelievesReturn",
            "answers",
            "challenged",
            [
                ("sale", False),
                ("the shopper comes from the challenge: failed", False),
                ("complete", True),
                ("lookup", False),
            ],
            "nothing",
        ),
    ],
    ids=["charged twice", "believes the return page"],
)
def test_a_finding_tells_it(
    run: Any, driver: str, promise: str, key: str, story: list[tuple[str, bool]], said: str
) -> None:
    """Challenges that the shopper met are steps of the story too; it says what the order cost in the end."""
    from tin import flawed

    finding = run(getattr(flawed, driver), promise, key)[key].findings[0]

    assert [(step.call, step.parted) for step in finding.story] == story
    assert finding.paid == said
