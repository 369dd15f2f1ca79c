"""Judging: each condition behind the oracle's tables, and the sentence that a reader gets."""

from __future__ import annotations

from collections.abc import Callable
from types import new_class
from typing import Any, TypeAlias, cast

import pytest

from paypact.cards import build
from paypact.driver import Driver
from paypact.payments import (
    ActionRequired,
    Address,
    Approved,
    Customer,
    Declined,
    Money,
    Order,
    Outcome,
    Payment,
    Pending,
    Rejected,
    Unknown,
)
from paypact.testkit.judge import Circumstances, Verdict, judge_movement, judge_order, judge_outcome
from paypact.testkit.standing import Standing
from paypact.testkit.target import Target, targets
from paypact.world import issuer
from paypact.world.books import Authorization
from paypact.world.clock import Clock
from paypact.world.ledger import Ledger
from paypact.world.ledger_tables import Terms

CARD = build("visa")
SHOPPER = Customer(
    "Test Cardholder", "t@example.com", None, Address("1 Road", None, "Town", None, None, "US"), "en", ""
)
PAYMENT = Payment("o-1", "o-1-1", Money(1090, "EUR"), CARD, "", SHOPPER, (), "", "https://shop.example/")
TERMS = Terms(source="test", captures="many", acknowledges=("refund",), delay=60.0)


def shop(*operations: str, **keywords: Any) -> Target:
    """The column of a driver that offers these operations."""
    methods = dict.fromkeys(operations, lambda self, *_: Unknown())
    driver: type[Driver] = new_class(
        "Shop", (Driver,), {"gateway": "tin", **keywords}, lambda space: space.update(methods)
    )
    (target,) = targets(driver)
    return target


def held(approved: int | None = None, *, automatic: bool = False, price: int = 1090) -> Authorization:
    """A card that was asked for `price` and approved for some of it."""
    ledger = Ledger(TERMS, Clock())
    made = ledger.present(ledger.open(Money(price, "EUR")), CARD, automatic=automatic)
    ledger.apply(made, issuer.approve(approved))
    return made


def sold(approved: int | None = None, *, price: int = 1090) -> Authorization:
    """A sale that was paid."""
    return held(approved, automatic=True, price=price)


def moved(kind: Any, made: Authorization, amount: int | None = None) -> Authorization:
    """The same after a movement; refunds are only acknowledged here."""
    ledger = Ledger(TERMS, Clock())
    ledger.request(kind, made, amount)
    return made


def taken_and_voided() -> Authorization:
    """A sale that was voided before it settled."""
    made = sold()
    Ledger(Terms(source="test", void_until="settling", cutoff=3600.0), Clock()).request("void", made)
    return made


def given_back() -> Authorization:
    """A sale that was refunded."""
    made = sold()
    ledger = Ledger(Terms(source="test"), Clock())
    ledger.request("refund", made)
    return made


REFUSED = Standing("refused", None, "insufficient_funds")
LOST = Standing("refused", None, "lost_card")
Seen: TypeAlias = dict[str, Any]
PLAIN: Seen = {}
FAULTED, EXCUSED, ABANDONED = {"faulted": True}, {"excused": True}, {"abandoned": True}

# Standing, what was told, the circumstances; the verdict's word, its clause, its sentence.
NO_REASON = Verdict(
    "wrong",
    "outcome/refused/Declined/reason",
    "the card was declined (insufficient_funds), but the reason told is empty: the shopper cannot know what to do",
)
JUDGED: dict[str, tuple[Callable[[], Standing], Outcome | BaseException, Seen, Verdict]] = {
    "true": (lambda: Standing("paid", sold()), Approved("t"), PLAIN, Verdict("ok")),
    "a charge told as none": (
        lambda: Standing("paid", sold()),
        Declined("timeout"),
        FAULTED,
        Verdict(
            "broken", "outcome/paid/Declined", "sale answered Declined (timeout), but the card was charged 10.90 EUR"
        ),
    ),
    "a crash": (
        lambda: Standing("paid", sold()),
        KeyError("JCB"),
        PLAIN,
        Verdict("broken", "outcome/paid/crash", "sale crashed with KeyError: 'JCB'; the card was charged 10.90 EUR"),
    ),
    "a crash without a word": (
        lambda: Standing("untouched"),
        ValueError(),
        PLAIN,
        Verdict(
            "broken", "outcome/untouched/crash", "sale crashed with ValueError; no authorization of this card exists"
        ),
    ),
    "not known": (
        lambda: Standing("authorized", held()),
        Unknown(),
        FAULTED,
        Verdict("ask", "outcome/authorized/Unknown", "sale answered Unknown, but 10.90 EUR are held on the card"),
    ),
    "charged twice": (
        lambda: Standing("twice", sold()),
        Approved("t"),
        PLAIN,
        Verdict("broken", "outcome/twice/Approved", "sale answered Approved, but the shopper was charged twice"),
    ),
    "charged too much": (
        lambda: Standing("twice", sold(price=109_000)),
        Approved("t"),
        PLAIN,
        Verdict(
            "broken",
            "outcome/twice/Approved",
            "sale answered Approved, but the card was charged 1090.00 EUR for a price of 10.90 EUR",
        ),
    ),
    # (1) a no that nobody said
    "1: a decline of nobody": (
        lambda: Standing("untouched"),
        Declined("no"),
        PLAIN,
        Verdict(
            "broken",
            "outcome/untouched/Declined",
            "sale answered Declined (no), but no authorization of this card exists",
        ),
    ),
    "1: after a fault": (
        lambda: Standing("untouched"),
        Declined(""),
        FAULTED,
        Verdict(
            "wrong", "outcome/untouched/Declined", "sale answered Declined, but no authorization of this card exists"
        ),
    ),
    # (2) a refusal needs a reason
    "2: a plain payment refused": (
        lambda: Standing("untouched"),
        Rejected("no JPY here"),
        PLAIN,
        Verdict(
            "wrong",
            "outcome/untouched/Rejected",
            "sale answered Rejected (no JPY here), but no authorization of this card exists: "
            "a plain, valid payment was refused",
        ),
    ),
    "2: out of scope": (lambda: Standing("untouched"), Rejected("no JPY here"), EXCUSED, Verdict("ok")),
    "2: without a word": (
        lambda: Standing("untouched"),
        Rejected(" "),
        EXCUSED,
        Verdict(
            "advice",
            "outcome/untouched/Rejected/message",
            "sale answered Rejected without a message: nobody learns what was wrong",
        ),
    ),
    "2: after a fault": (lambda: Standing("untouched"), Rejected("down"), FAULTED, Verdict("ok")),
    # (3) the reason
    "3: the gateway's word": (lambda: REFUSED, Declined("funds"), PLAIN, Verdict("ok")),
    "3: a word of the shop's own": (lambda: REFUSED, Declined("Bitte eine andere Karte"), PLAIN, Verdict("ok")),
    "3: a general word": (lambda: LOST, Declined("no"), PLAIN, Verdict("ok")),
    "3: another specific word": (
        lambda: REFUSED,
        Declined("lost"),
        PLAIN,
        Verdict(
            "wrong",
            "outcome/refused/Declined/reason",
            "the card was declined for 'insufficient_funds', but the shopper was told 'lost'",
        ),
    ),
    "3: nothing for a reason": (
        lambda: REFUSED,
        Declined(cast("str", None)),
        PLAIN,
        NO_REASON,
    ),
    "3: no reason": (
        lambda: REFUSED,
        Declined("  "),
        PLAIN,
        NO_REASON,
    ),
    "3: mapped and right": (
        lambda: REFUSED,
        Declined("lost"),
        {"reasons": {"lost": "insufficient_funds"}},
        Verdict("ok"),
    ),
    "3: mapped and wrong": (
        lambda: REFUSED,
        Declined("gone"),
        {"reasons": {"gone": "lost_card"}},
        Verdict(
            "wrong",
            "outcome/refused/Declined/reason",
            "the card was declined for 'insufficient_funds', but the shopper was told 'gone'",
        ),
    ),
    "3: a soft decline told as final": (
        lambda: REFUSED,
        Declined("funds", final=True),
        PLAIN,
        Verdict(
            "wrong",
            "outcome/refused/Declined/reason",
            "the decline 'insufficient_funds' may be tried again, but was told as final",
        ),
    ),
    "3: a final decline told as not": (
        lambda: LOST,
        Declined("lost", final=False),
        PLAIN,
        Verdict(
            "wrong",
            "outcome/refused/Declined/reason",
            "the decline 'lost_card' is final, but the shopper was told to try the card again",
        ),
    ),
    "3: final and told so": (lambda: LOST, Declined("lost", final=True), PLAIN, Verdict("ok")),
    # (4) challenges
    "4: a challenge declined": (
        lambda: Standing("challenged"),
        Declined("3ds"),
        PLAIN,
        Verdict(
            "wrong",
            "outcome/challenged/Declined",
            "sale answered Declined (3ds), but the shopper still has to authenticate",
        ),
    ),
    "4: by a driver that cannot complete": (
        lambda: Standing("challenged"),
        Declined("3ds"),
        {"operations": ("sale",)},
        Verdict("ok"),
    ),
    "a challenge with a place": (lambda: Standing("challenged"), ActionRequired("t", url="u"), PLAIN, Verdict("ok")),
    "a challenge with a secret": (
        lambda: Standing("challenged"),
        ActionRequired("t", client_secret="s"),
        PLAIN,
        Verdict("ok"),
    ),
    "a challenge without a place": (
        lambda: Standing("challenged"),
        ActionRequired("t"),
        PLAIN,
        Verdict(
            "wrong",
            "outcome/challenged/ActionRequired",
            "sale answered ActionRequired with neither url nor client_secret: the shopper has nowhere to go",
        ),
    ),
    "an abandoned challenge: waits": (lambda: Standing("challenged"), Pending("t"), ABANDONED, Verdict("ok")),
    "an abandoned challenge: no": (lambda: Standing("challenged"), Declined("left"), ABANDONED, Verdict("ok")),
    "an abandoned challenge: still there": (
        lambda: Standing("challenged"),
        ActionRequired("t"),
        ABANDONED,
        Verdict("ok"),
    ),
    "an abandoned challenge: paid": (
        lambda: Standing("challenged"),
        Approved("t"),
        ABANDONED,
        Verdict(
            "broken",
            "outcome/challenged/Approved",
            "sale answered Approved, but the shopper still has to authenticate",
        ),
    ),
    # (5) the amount, and what was promised
    "5: part of it, and said": (
        lambda: Standing("paid", sold(500)),
        Approved("t", Money(500, "EUR")),
        PLAIN,
        Verdict("ok"),
    ),
    "5: part of it told as all": (
        lambda: Standing("paid", sold(500)),
        Approved("t"),
        PLAIN,
        Verdict(
            "broken",
            "outcome/paid/Approved/amount",
            "sale answered Approved for 10.90 EUR, but the card was authorized for 5.00 EUR",
        ),
    ),
    "5: in another currency": (
        lambda: Standing("paid", sold()),
        Approved("t", Money(1090, "JPY")),
        PLAIN,
        Verdict(
            "broken",
            "outcome/paid/Approved/amount",
            "sale answered Approved for 1090 JPY, but the card was authorized for 10.90 EUR",
        ),
    ),
    "5: a sale that only holds": (
        lambda: Standing("authorized", held()),
        Approved("t"),
        PLAIN,
        Verdict(
            "broken",
            "outcome/authorized/Approved/capture",
            "the sale was told as paid, but the money is only held: nothing was captured",
        ),
    ),
    "5: a sale that only holds after its challenge": (
        lambda: Standing("authorized", held()),
        Approved("t"),
        {"operation": "complete", "began": "sale"},
        Verdict(
            "broken",
            "outcome/authorized/Approved/capture",
            "the sale was told as paid, but the money is only held: nothing was captured",
        ),
    ),
    "5: an authorization that takes the money": (
        lambda: Standing("paid", held()),
        Approved("t"),
        {"operation": "complete", "began": "authorize"},
        Verdict("broken", "outcome/paid/Approved/capture", "the money was only to be held, but it was taken at once"),
    ),
    "5: an authorization that was captured since": (
        lambda: Standing("paid", held()),
        Approved("t"),
        {"operation": "lookup", "began": "authorize"},
        Verdict("ok"),
    ),
    "5: an authorization that holds": (
        lambda: Standing("authorized", held()),
        Approved("t"),
        {"operation": "authorize"},
        Verdict("ok"),
    ),
    "11: ended without a card": (lambda: Standing("undone"), Rejected("no page was made"), {}, Verdict("ok")),
    "11: ended with one": (
        lambda: Standing("undone", moved("void", held())),
        Rejected("no page was made"),
        {},
        Verdict(
            "wrong",
            "outcome/undone/Rejected",
            "sale answered Rejected (no page was made), but the money was released or given back",
        ),
    ),
    "ended without a card, told as paid": (
        lambda: Standing("undone"),
        Approved("t"),
        {},
        Verdict(
            "broken",
            "outcome/undone/Approved",
            "sale answered Approved, but it was ended before a card was presented",
        ),
    ),
    "5: a verification": (
        lambda: Standing("authorized", held(price=0)),
        Approved("t"),
        {"operation": "verify"},
        Verdict("ok"),
    ),
    "5: a verification by a hold that was released": (
        lambda: Standing("undone", moved("void", held())),
        Approved("t"),
        {"operation": "verify"},
        Verdict("ok"),
    ),
    "5: a verification that charges and gives back": (
        lambda: Standing("undone", given_back()),
        Approved("t"),
        {"operation": "verify"},
        Verdict(
            "broken",
            "outcome/undone/Approved",
            "verify answered Approved, but the money was released or given back",
        ),
    ),
    "5: a verification after its challenge": (
        lambda: Standing("authorized", held(price=0)),
        Approved("t"),
        {"operation": "complete", "began": "verify"},
        Verdict("ok"),
    ),
    "5: a verification that charges": (
        lambda: Standing("paid", sold()),
        Approved("t"),
        {"operation": "verify"},
        Verdict("broken", "outcome/paid/Approved", "verify took money: the card was charged"),
    ),
    "rejected instead of declined": (
        lambda: REFUSED,
        Rejected("funds"),
        PLAIN,
        Verdict(
            "advice",
            "outcome/refused/Rejected",
            "sale answered Rejected (funds), but the card was refused (insufficient_funds)",
        ),
    ),
}


@pytest.mark.parametrize("name", JUDGED)
def test_an_outcome_is_judged(name: str) -> None:
    """What was told against what had happened by then, with every condition of the table."""
    found, outcome, given, verdict = JUDGED[name]
    seen = {"operation": "sale", **given}
    target = shop(*seen.pop("operations", ("sale", "complete")), reasons=seen.pop("reasons", {}))

    assert judge_outcome(found(), outcome, Circumstances(target, payment=PAYMENT, **seen)) == verdict


# The movement this call asked for, what was told, whether the goal was reached before, whether the failure was told.
MOVED: dict[str, tuple[str, Outcome | BaseException, dict[str, bool], Verdict]] = {
    "booked": ("moved", Approved("t"), {}, Verdict("ok")),
    "acknowledged": ("requested", Pending("t"), {}, Verdict("ok")),
    "6: acknowledged, told as done": (
        "requested",
        Approved("t"),
        {},
        Verdict(
            "broken", "movement/requested/Approved", "refund answered Approved, but the movement was only requested"
        ),
    ),
    "7: nothing was moved": (
        "none",
        Approved("t"),
        {},
        Verdict("broken", "movement/none/Approved", "refund answered Approved, but nothing was moved"),
    ),
    "7: nothing was left to move": ("none", Approved("t"), {"reached": True}, Verdict("ok")),
    "9: nothing was acknowledged": (
        "none",
        Pending("t"),
        {"reached": True},
        Verdict("broken", "movement/none/Pending", "refund answered Pending, but nothing was moved"),
    ),
    "9: an earlier call's is on its way": ("none", Pending("t"), {"under_way": True}, Verdict("ok")),
    "8: failed, not told yet": ("failed", Approved("t"), {}, Verdict("ok")),
    "8: failed and told": (
        "failed",
        Approved("t"),
        {"told": True},
        Verdict("broken", "movement/failed/Approved", "refund answered Approved, but the movement failed"),
    ),
    "8: failing, not told yet": ("failed", Pending("t"), {}, Verdict("ok")),
    "8: failing and told": (
        "failed",
        Pending("t"),
        {"told": True},
        Verdict("wrong", "movement/failed/Pending", "refund answered Pending, but the movement failed"),
    ),
    "10: failed, and the request was in order": (
        "failed",
        Rejected("no"),
        {},
        Verdict("wrong", "movement/failed/Rejected", "refund answered Rejected (no), but the movement failed"),
    ),
    "10: failed, as a refusal of the request": ("failed", Rejected("no"), {"told": True}, Verdict("ok")),
    "refused without a word": (
        "none",
        Rejected(""),
        {},
        Verdict(
            "advice",
            "movement/none/Rejected/message",
            "refund answered Rejected without a message: nobody learns what was wrong",
        ),
    ),
    "moved and denied": (
        "moved",
        Declined("no"),
        {},
        Verdict("broken", "movement/moved/Declined", "refund answered Declined (no), but the money was moved"),
    ),
    "more than asked": (
        "more",
        Approved("t"),
        {},
        Verdict("broken", "movement/more/Approved", "refund answered Approved, but more was moved than was asked"),
    ),
    "a challenge": (
        "moved",
        ActionRequired("t", url="u"),
        {},
        Verdict("broken", "movement/moved/ActionRequired", "refund answered ActionRequired, but the money was moved"),
    ),
    "a crash": (
        "moved",
        KeyError("id"),
        {},
        Verdict("broken", "movement/moved/crash", "refund crashed with KeyError: 'id', but the money was moved"),
    ),
}


@pytest.mark.parametrize("name", MOVED)
def test_a_movement_is_judged(name: str) -> None:
    """A capture, refund or void by what became of the movement that it asked for."""
    state, outcome, given, verdict = MOVED[name]
    seen = Circumstances(shop("sale", "refund"), "refund", PAYMENT)

    assert judge_movement(state, outcome, seen, **{"reached": False, "told": False, **given}) == verdict


# The ledger, the shop's order, the verdict.
ORDERS: dict[str, tuple[Callable[[], Standing], Order, Verdict]] = {
    "paid": (lambda: Standing("paid", sold()), Order("paid"), Verdict("ok")),
    "paid, the sums right": (
        lambda: Standing("paid", sold()),
        Order("paid", Money(1090, "EUR"), Money(0, "EUR")),
        Verdict("ok"),
    ),
    "paid, the sum wrong": (
        lambda: Standing("paid", sold()),
        Order("paid", captured=Money(109, "EUR")),
        Verdict("broken", "order/paid/paid/captured", "the shop's order says captured 1.09 EUR, the ledger 10.90 EUR"),
    ),
    "paid, the currency wrong": (
        lambda: Standing("paid", sold()),
        Order("paid", refunded=Money(0, "JPY")),
        Verdict("broken", "order/paid/paid/refunded", "the shop's order says refunded 0 JPY, the ledger 0.00 EUR"),
    ),
    "a refund under way is not judged": (
        lambda: Standing("paid", moved("refund", sold(), 400)),
        Order("paid", refunded=Money(400, "EUR")),
        Verdict("ok"),
    ),
    "unpaid though paid": (
        lambda: Standing("paid", sold()),
        Order("unpaid"),
        Verdict("broken", "order/paid/unpaid", "the shop's order is 'unpaid', but the card was charged"),
    ),
    "pending though held": (
        lambda: Standing("authorized", held()),
        Order("pending"),
        Verdict(
            "wrong", "order/authorized/pending", "the shop's order is 'pending', but the money is held on the card"
        ),
    ),
    "released": (lambda: Standing("undone", moved("void", held())), Order("canceled"), Verdict("ok")),
    "released, called refunded": (
        lambda: Standing("undone", moved("void", held())),
        Order("refunded"),
        Verdict(
            "wrong",
            "order/undone-by-void/refunded",
            "the shop's order is 'refunded', but the money was released or given back",
        ),
    ),
    "voided after its capture, called canceled": (
        lambda: Standing("undone", taken_and_voided()),
        Order("canceled", captured=Money(0, "EUR"), refunded=Money(0, "EUR")),
        Verdict("ok"),
    ),
    "voided after its capture, called refunded": (
        lambda: Standing("undone", taken_and_voided()),
        Order("refunded", captured=Money(1090, "EUR"), refunded=Money(1090, "EUR")),
        Verdict("ok"),
    ),
    "voided after its capture, in other sums": (
        lambda: Standing("undone", taken_and_voided()),
        Order("refunded", refunded=Money(500, "EUR")),
        Verdict(
            "broken",
            "order/captured-then-voided/refunded/refunded",
            "the shop's order says refunded 5.00 EUR, the ledger 0.00 EUR",
        ),
    ),
}


@pytest.mark.parametrize("name", ORDERS)
def test_an_order_is_judged(name: str) -> None:
    """What the shop believes once it has been told everything; sums only where nothing is under way."""
    found, order, verdict = ORDERS[name]

    assert judge_order(found(), order, PAYMENT) == verdict


SEVERITIES = [
    (Verdict("broken", "outcome/paid/Declined"), "money"),
    (Verdict("ask", "outcome/paid/Unknown"), "money"),
    (Verdict("broken", "outcome/paid/crash"), "crash"),
    (Verdict("wrong", "outcome/open/Declined"), "belief"),
    (Verdict("advice", "outcome/refused/Rejected"), "advice"),
]


@pytest.mark.parametrize(("verdict", "severity"), SEVERITIES, ids=[row[1] + " " + row[0].word for row in SEVERITIES])
def test_how_bad_a_verdict_is(verdict: Verdict, severity: str) -> None:
    """Untrue about money, a crash, untrue, or worth knowing."""
    assert verdict.severity == severity


def test_a_void_lets_money_go() -> None:
    """What a void does is said in its own words."""
    seen = Circumstances(shop("authorize", "void"), "void", PAYMENT)

    verdict = judge_movement("moved", Declined("no"), seen)

    assert verdict.sentence == "void answered Declined (no), but the money was let go"
