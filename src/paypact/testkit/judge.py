"""Judging: from a standing and what the integration told its caller to a verdict with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from paypact.cards.reasons import reasons
from paypact.currencies import major
from paypact.gateways import load
from paypact.gateways.facts import Facts
from paypact.payments import (
    ActionRequired,
    Approved,
    Declined,
    Money,
    Order,
    Outcome,
    Payment,
    Pending,
    Rejected,
    Unknown,
)
from paypact.report.model import Severity
from paypact.testkit.oracle import MOVEMENT, ORDER, OUTCOME, STANDING_SAID
from paypact.testkit.standing import Standing, order_word

if TYPE_CHECKING:
    from paypact.testkit.target import Target


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cell of an oracle table, conditions applied. `word`: ok, wrong, broken, ask, advice; exposed, of a secret."""

    word: str
    clause: str = ""  # table, row and column
    sentence: str = ""

    @property
    def severity(self) -> Severity:
        """How bad a verdict that is not ok is."""
        if self.word == "advice":
            return "advice"
        if self.word == "exposed":
            return "exposure"
        if self.clause.endswith("/crash"):
            return "crash"
        return "money" if self.word in ("broken", "ask") else "belief"


OK = Verdict("ok")
_NO_WORDS = ("type", "message", "param", "outcome", "advice_code", "status")  # of a decline's wire: no reasons


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an outcome is judged by, besides the standing."""

    target: Target
    operation: str
    payment: Payment
    began: str = ""  # the operation that this flow began with, where this one continues it
    faulted: bool = False  # a fault was injected in this flow
    excused: bool = False  # the request was refused for a fault of the payment, or it is out of scope
    abandoned: bool = False  # the shopper walked away from a challenge


def column(outcome: object) -> str:
    """The oracle's column of what was told."""
    return "crash" if isinstance(outcome, BaseException) else type(outcome).__name__


def judge_outcome(found: Standing, outcome: Outcome | BaseException, seen: Circumstances) -> Verdict:
    """Question 1: the outcome against what the gateway had told by then."""
    return _explained(_outcome(found, outcome, seen), outcome, f"outcome/{_row(found, seen)}", seen)


def _explained(verdict: Verdict, outcome: object, clause: str, seen: Circumstances) -> Verdict:
    """A refusal that is told without a word is true, and helps nobody."""
    if verdict.word != "ok" or not isinstance(outcome, Rejected) or str(outcome.message or "").strip():
        return verdict
    sentence = f"{seen.operation} answered Rejected without a message: nobody learns what was wrong"
    return Verdict("advice", f"{clause}/Rejected/message", sentence)


def _outcome(found: Standing, outcome: Outcome | BaseException, seen: Circumstances) -> Verdict:
    row = _row(found, seen)
    told = column(outcome)
    word, _, note = OUTCOME[row][told].partition(":")
    clause = f"outcome/{row}/{told}"
    heard = (
        f"{seen.operation} answered {said(outcome)}"
        if told != "crash"
        else f"{seen.operation} crashed with {said(outcome)}"
    )
    sentence = f"{heard}, but {_truth(row, found, seen)}" if told != "crash" else f"{heard}; {_truth(row, found, seen)}"
    if seen.abandoned and row == "challenged" and told in ("ActionRequired", "Pending", "Declined"):
        return OK
    if isinstance(outcome, ActionRequired) and word == "ok" and not (outcome.url or outcome.client_secret):
        return Verdict(
            "wrong",
            clause,
            f"{seen.operation} answered ActionRequired with neither url nor client_secret: "
            "the shopper has nowhere to go",
        )
    if note:
        return _conditional(note, word, clause, sentence, found, outcome, seen)
    return OK if word == "ok" else Verdict(word, clause, sentence)


def judge_movement(
    state: str,
    outcome: Outcome | BaseException,
    seen: Circumstances,
    *,
    reached: bool = False,
    told: bool = False,
    under_way: bool = False,
) -> Verdict:
    """The outcome of capture, refund, void against the movement this call asked for.

    `reached`: the call's goal was reached before it; `told`: the gateway's reply to this call told of the failure;
    `under_way`: a movement that an earlier call asked for, and that leaves nothing to this one, is not carried out yet.
    """
    verdict = _movement(state, outcome, seen, reached=reached, told=told, under_way=under_way)
    return _explained(verdict, outcome, f"movement/{state}", seen)


def _movement(
    state: str, outcome: Outcome | BaseException, seen: Circumstances, *, reached: bool, told: bool, under_way: bool
) -> Verdict:
    column_ = column(outcome)
    word, _, note = MOVEMENT[state][column_].partition(":")
    clause = f"movement/{state}/{column_}"
    verb = "crashed with" if column_ == "crash" else "answered"
    truth = "the money was let go" if (seen.operation, state) == ("void", "moved") else STANDING_SAID[state]
    sentence = f"{seen.operation} {verb} {said(outcome)}, but {truth}"
    if (note == "7" and reached) or (note == "9" and under_way) or (note == "10" and told):
        return OK
    if note == "8" and column_ == "Approved" and not told:
        return OK
    if note == "8" and column_ == "Pending" and told:
        return Verdict("wrong", clause, sentence)
    return OK if word == "ok" else Verdict(word, clause, sentence)


def judge_order(found: Standing, order: Order, payment: Payment) -> Verdict:
    """Question 2: the shop's order against the ledger, once everything is delivered and settled."""
    row = order_word(found)
    word = ORDER[row][order.state]
    clause = f"order/{row}/{order.state}"
    if word != "ok":
        return Verdict(word, clause, f"the shop's order is {order.state!r}, but {STANDING_SAID[found.word]}")
    authorization = found.authorization
    if authorization is not None and not any(m.state == "requested" for m in authorization.movements):
        for name, given, true in (
            ("captured", order.captured, authorization.captured),
            ("refunded", order.refunded, authorization.refunded),
        ):
            sums = {true, true + authorization.undone}  # what a void gave back may count as captured and refunded
            if given is not None and (given.minor not in sums or given.currency != payment.amount.currency):
                shown = f"{major(given.minor, given.currency)}, the ledger {major(true, payment.amount.currency)}"
                return Verdict("broken", f"{clause}/{name}", f"the shop's order says {name} {shown}")
    return OK


def _row(found: Standing, seen: Circumstances) -> str:
    held = found.authorization
    if (
        (seen.began or seen.operation) == "verify"
        and held is not None
        and order_word(found) in ("undone-by-void", "captured-then-voided")
        and held.approved == held.amount
    ):
        return "authorized"  # verified by a hold that was released again
    return found.word


def _conditional(
    note: str, word: str, clause: str, sentence: str, found: Standing, outcome: object, seen: Circumstances
) -> Verdict:
    if note == "1":
        return Verdict(word if seen.faulted else "broken", clause, sentence)
    if note == "2":
        return (
            OK
            if seen.excused or seen.faulted
            else Verdict("wrong", clause, f"{sentence}: a plain, valid payment was refused")
        )
    if note == "3" and isinstance(outcome, Declined):
        problem = _reason_problem(outcome, found.reason, seen.target)
        return Verdict("wrong", f"{clause}/reason", problem) if problem else OK
    if note == "4":
        return Verdict(word, clause, sentence) if seen.target.offers("complete") else OK
    if note == "5" and isinstance(outcome, Approved):
        return _amount(clause, found, outcome, seen)
    if note == "11" and found.authorization is None:
        return OK
    return Verdict(word, clause, sentence)


def _amount(clause: str, found: Standing, outcome: Approved, seen: Circumstances) -> Verdict:
    if found.word == "authorized" and (seen.began or seen.operation) in ("sale", "charge_stored"):
        return Verdict(
            "broken", f"{clause}/capture", "the sale was told as paid, but the money is only held: nothing was captured"
        )
    at_once = seen.operation in ("authorize", "complete") and (seen.began or seen.operation) == "authorize"
    if found.word == "paid" and at_once:
        return Verdict("broken", f"{clause}/capture", "the money was only to be held, but it was taken at once")
    if (seen.began or seen.operation) in ("verify", "store"):
        if _row(found, seen) == "authorized":
            return OK
        return Verdict("broken", clause, f"{seen.operation} took money: {STANDING_SAID[found.word]}")
    authorization = found.authorization
    assert authorization is not None
    claimed = outcome.amount or seen.payment.amount
    true = Money(authorization.approved, authorization.purchase.price.currency)
    if claimed == true:
        return OK
    said_of = f"{seen.operation} answered Approved for {major(claimed.minor, claimed.currency)}"
    truth = f"the card was authorized for {major(true.minor, true.currency)}"
    return Verdict("broken", f"{clause}/amount", f"{said_of}, but {truth}")


def _reason_problem(outcome: Declined, truth: str, target: Target) -> str:
    """What is untrue about a decline's reason or finality; empty where nothing is."""
    words = reasons()
    true = words.get(truth)
    if not str(outcome.reason or "").strip():
        return f"the card was declined ({truth}), but the reason told is empty: the shopper cannot know what to do"
    if true is not None and outcome.final is not None:
        own = target.gateway.facts.declines.get(truth)
        if outcome.final and true.kind in ("soft", "tech") and not (own is not None and own.final):
            return f"the decline {truth!r} may be tried again, but was told as final"
        if not outcome.final and true.final:
            return f"the decline {truth!r} is final, but the shopper was told to try the card again"
    mapped = target.scope.reasons.get(outcome.reason)
    meant = {mapped} if mapped is not None else _wire_words(target.scope.gateway).get(outcome.reason, set())
    if not meant or truth in meant:
        return ""
    if any(words[word].general for word in meant if word in words):
        return ""  # a general word is always right, and so is hiding stolen or lost behind it
    shared = _wire_of(target.gateway.facts, truth)
    if mapped is None and outcome.reason in shared:
        return ""
    return f"the card was declined for {truth!r}, but the shopper was told {outcome.reason!r}"


@cache
def _wire_words(gateway: str) -> Mapping[str, set[str]]:
    """The gateway's own words for declines -> the neutral words each stands for."""
    facts = load(gateway).facts
    found: dict[str, set[str]] = {}
    for word in facts.declines:
        for wire in _wire_of(facts, word):
            found.setdefault(wire, set()).add(word)
    return found


def _wire_of(facts: Facts, word: str) -> set[str]:
    fact = facts.declines.get(word)
    if fact is None:
        return set()
    values = [value for key, value in fact.wire.items() if key not in _NO_WORDS]
    return {str(each) for value in values for each in (value if isinstance(value, list) else [value])}


def said(outcome: object) -> str:
    match outcome:
        case BaseException():
            text = str(outcome)
            return f"{type(outcome).__name__}: {text}" if text else type(outcome).__name__
        case Declined(reason=reason):
            return f"Declined ({reason})" if reason else "Declined"
        case Approved() | ActionRequired() | Pending() | Unknown():
            return type(outcome).__name__
        case Order(state=state):
            return state
        case Rejected(message=message):
            return f"Rejected ({message})"
        case _:
            return repr(outcome)


def _truth(row: str, found: Standing, seen: Circumstances) -> str:
    authorization = found.authorization
    currency = seen.payment.amount.currency
    if row == "twice" and authorization is not None:
        price = seen.payment.amount.minor
        if authorization.approved > price:
            charged = major(authorization.approved, currency)
            return f"the card was charged {charged} for a price of {major(price, currency)}"
        return "the shopper was charged twice"
    if row == "paid" and authorization is not None:
        return f"the card was charged {major(authorization.captured or authorization.approved, currency)}"
    if row == "authorized" and authorization is not None and authorization.approved:
        return f"{major(authorization.approved, currency)} are held on the card"
    if row == "undone" and authorization is None:
        return "it was ended before a card was presented"
    if row == "refused" and found.reason:
        return f"the card was refused ({found.reason})"
    return STANDING_SAID[row]
