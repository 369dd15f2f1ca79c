"""The ledger: its tables, what unlike gateways make of it step by step, and what holds however it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from paypact.cards import build
from paypact.payments import Money
from paypact.world import issuer, ledger_tables
from paypact.world.acquirer import Fate
from paypact.world.books import Authorization, Movement, Purchase, live
from paypact.world.clock import Clock
from paypact.world.ledger import ImpossibleEventError, Ledger, Obstacle
from paypact.world.ledger_tables import AUTHORIZATION, LIVE, MOVED, MOVEMENT, PURCHASE, Kind, Machine, Terms

CARD = build("visa")
HOUR, DAY = 3_600.0, 86_400.0

# --- tables -----------------------------------------------------------------------------------------------------------

each_machine = pytest.mark.parametrize(
    ("machine", "start"),
    [(PURCHASE, "open"), (AUTHORIZATION, "created"), (MOVEMENT, "requested")],
    ids=["purchase", "authorization", "movement"],
)


@each_machine
def test_every_event_leads_to_a_state_of_the_table(machine: Machine, start: str) -> None:
    """A state that an event leads to has a row of its own, also where nothing follows."""
    assert {state for row in machine.values() for state in row.values()} <= set(machine)


@each_machine
def test_every_state_is_reached(machine: Machine, start: str) -> None:
    """From the state a subject is made in, events lead to each state there is."""
    reached, new = {start}, {start}
    while new:
        new = {state for each in new for state in machine[each].values()} - reached
        reached |= new

    assert reached == set(machine)


@pytest.mark.parametrize(
    ("words", "machine"),
    [
        (ledger_tables.LIVE, MOVEMENT),
        (ledger_tables.MOVED, MOVEMENT),
        (ledger_tables.HOLDING, AUTHORIZATION),
    ],
    ids=["live", "moved", "holding"],
)
def test_sets_of_states_name_states(words: set[str], machine: Machine) -> None:
    """What terms and sums say of states is about states that exist."""
    assert words <= set(machine)


# --- walks ------------------------------------------------------------------------------------------------------------

PAYPAL = Terms(source="test", captures="many", overcapture=15, expires=29 * DAY, answers=("approve", "decline", "hold"))
AUTHORIZE_NET = Terms(
    source="test", void_until="settling", refund_from="settled", cutoff=8 * HOUR, settling=DAY, expires=30 * DAY
)
MOLLIE = Terms(source="test", captures="many", acknowledges=("capture", "refund"), delay=HOUR, expires=28 * DAY)
ADYEN = Terms(source="test", captures="many", acknowledges=("sale", "capture", "refund", "void"), delay=60.0)
NOTED = Terms(  # of Adyen, too: whatever is asked is taken note of; a sale is captured with its approval
    source="test", acknowledges=("capture", "refund", "void"), delay=60.0, obstacles="when booked"
)
BRAINTREE = Terms(
    source="test", captures="many", void_until="settling", refund_from="settling", cutoff=8 * HOUR, settling=DAY
)
ENDING = Terms(source="test", cutoff=8 * HOUR, settling=DAY, failed_capture="ends")
CYBERSOURCE = Terms(
    source="test", captures="many", acknowledges=("capture", "refund"), delay=HOUR, void_until="settling"
)
RAZORPAY = Terms(source="test", captures="full", acknowledges=("refund",), delay=HOUR, void_until="never")
STRIPE = Terms(source="test", captures="once", expires=7 * DAY)

WALKS: dict[str, tuple[Terms, str]] = {
    # PayPal: many captures, 115 % of what was authorized, a review
    "paypal: overcapture": (PAYPAL, """
        authorize 1000          | authorized, capturable 1000
        capture 400 more        | authorized, captured 400, capturable 600
        capture 751 more        | refused capture_exceeds_authorization, captured 400
        capture 750 more        | completed, captured 1150, capturable 0
        capture 1 more          | refused capture_completed
        refund                  | refunded 1150, refundable 0
        refund 1                | refused refund_completed"""),
    "paypal: a void releases what is left of a partly captured authorization": (PAYPAL, """
        authorize 1000          | authorized
        capture 400 more        | authorized, captured 400
        void                    | completed, captured 400, capturable 0
        void                    | refused void_captured
        refund 500              | refused refund_exceeds_capture
        refund 400              | refunded 400"""),
    "paypal: a final capture releases what is left": (PAYPAL, """
        authorize 1000          | authorized
        capture 400             | completed, captured 400
        capture 1               | refused capture_completed"""),
    "paypal: held, then released": (PAYPAL, """
        authorize 1000 hold     | held, capturable 0
        capture 1000            | refused capture_held
        wait 3600               | authorized, capturable 1000
        wait 2592000            | expired
        capture 1000            | refused capture_expired
        void                    | refused void_expired"""),
    "paypal: a sale held, then rejected": (PAYPAL, """
        sale 1000 hold>reject   | held, captured 0
        wait 3600               | rejected, reason suspected_fraud, captured 0"""),
    "braintree: a settlement that is declined ends it": (ENDING, """
        fate fail-late balance 86400
        sale 1000               | completed, captured 1000
        wait 86400              | expired, captured 0, capturable 0
        capture 1000            | refused capture_expired"""),
    "paypal: an authorization expires": (PAYPAL, """
        authorize 1000          | authorized
        wait 2505600            | expired
        void                    | refused void_expired"""),
    "paypal: what is left of a partly captured authorization expires": (PAYPAL, """
        authorize 1000          | authorized
        capture 400 more        | authorized, captured 400
        wait 2505600            | completed, captured 400
        refund                  | refunded 400"""),
    # Authorize.Net: one capture, voided until it settles, refunded from then on
    "authorize.net: void until settling": (AUTHORIZE_NET, """
        sale 1000               | completed, captured 1000
        refund                  | refused refund_unsettled
        void                    | voided, captured 0, last booked
        void                    | refused void_voided"""),
    "authorize.net: refund from settled": (AUTHORIZE_NET, """
        sale 1000               | completed
        wait 28800              | captures settling
        void                    | refused void_settled
        refund                  | refused refund_unsettled
        wait 86400              | captures settled
        refund 300              | refunded 300
        refund                  | refunded 1000"""),
    "authorize.net: one capture": (AUTHORIZE_NET, """
        authorize 1000          | authorized
        capture 400             | completed, captured 400
        capture 600             | refused capture_completed"""),
    "authorize.net: partial approval of a sale": (AUTHORIZE_NET, """
        sale 1000 partial       | completed, approved 500, captured 500
        wait 115200             | captures settled
        refund 501              | refused refund_exceeds_capture"""),
    # Mollie: captures and refunds are acknowledged and decided later; a sale is paid at once
    "mollie: an acknowledged capture": (MOLLIE, """
        authorize 1000          | authorized
        capture 600 more        | authorized, last requested, captured 0, capturable 400
        refund 100              | refused refund_uncaptured
        capture 500 more        | refused capture_exceeds_authorization
        wait 3600               | authorized, last booked, captured 600
        refund 700              | refused refund_exceeds_capture
        refund 600              | last requested, refunded 0, refundable 0
        wait 3600               | refunded 600"""),
    "mollie: two acknowledged captures are the whole": (MOLLIE, """
        authorize 1000          | authorized
        capture 400 more        | authorized, capturable 600
        capture 600 more        | authorized, capturable 0
        wait 3600               | completed, captured 1000"""),
    "mollie: a sale is booked at once": (MOLLIE, """
        sale 1000               | completed, captured 1000
        refund                  | last requested, refunded 0
        void                    | refused void_captured"""),
    "mollie: an authorization with a capture under way does not expire": (MOLLIE, """
        authorize 1000          | authorized
        wait 2419199            | authorized
        capture 1000            | last requested
        wait 1                  | authorized
        wait 3599               | completed, captured 1000"""),
    # Adyen: everything is acknowledged, and what was told as done may fail
    "adyen: a sale is captured later": (ADYEN, """
        sale 1000               | authorized, last requested, captured 0
        wait 60                 | completed, captured 1000"""),
    "adyen: a capture fails": (ADYEN, """
        authorize 1000          | authorized
        fate fail insufficient_balance
        capture 1000            | authorized, last requested, capturable 0
        wait 60                 | authorized, last failed, reason of last insufficient_balance, capturable 1000"""),
    "adyen: a capture fails after success, and is made again": (ADYEN, """
        authorize 1000          | authorized
        fate fail-late insufficient_balance 86400
        capture 1000            | authorized, last requested
        wait 60                 | completed, captured 1000
        fate
        wait 86400              | authorized, last failed, reason of last insufficient_balance, capturable 1000
        capture 1000            | last requested
        wait 60                 | completed, captured 1000"""),
    "adyen: of a capture and a void, the capture is booked first": (ADYEN, """
        authorize 1000          | authorized
        capture 1000            | last requested
        void                    | authorized, last requested
        wait 60                 | completed, captured 1000, last failed, reason of last void_captured"""),
    "adyen: of a void and a capture, the void is booked first": (ADYEN, """
        authorize 1000          | authorized
        void                    | authorized, last requested
        capture 1000            | authorized, last requested
        wait 60                 | voided, captured 0, last canceled"""),
    "adyen: a void releases what is left, and what is only requested": (ADYEN, """
        authorize 1000          | authorized
        capture 300 more        | authorized
        wait 60                 | authorized, captured 300
        void                    | authorized, last requested
        capture 700             | authorized, last requested
        wait 60                 | completed, captured 300, last canceled"""),
    "adyen: two refunds at once, of which the sale pays one": (ADYEN, """
        sale 1000               | authorized
        wait 60                 | completed
        refund 700              | last requested, refundable 300
        refund 700              | refused refund_exceeds_capture
        refund 300              | last requested, refundable 0
        wait 60                 | refunded 1000"""),
    "adyen: the issuer sends a refund back": (ADYEN, """
        sale 1000               | authorized
        wait 60                 | completed
        fate fail-late account_closed 172800
        refund                  | last requested
        wait 60                 | refunded 1000
        wait 172800             | refunded 0, refundable 1000, last failed, reason of last account_closed"""),
    "adyen: what is impossible is taken note of, and fails when it is carried out": (NOTED, """
        authorize 1000          | authorized
        capture 1001            | last requested, captured 0
        wait 60                 | authorized, last failed, reason of last capture_exceeds_authorization
        refund 1000             | last requested
        wait 60                 | authorized, last failed, reason of last refund_uncaptured
        capture 1000            | last requested
        wait 60                 | completed, captured 1000
        void                    | last requested
        wait 60                 | completed, captured 1000, last failed, reason of last void_captured"""),
    "adyen: a sale is captured with its approval, a further capture is only taken note of": (NOTED, """
        sale 1000               | completed, captured 1000
        capture 1000            | last requested
        wait 60                 | completed, captured 1000, last failed, reason of last capture_completed"""),
    "adyen: two refunds at once, of which one is too much": (NOTED, """
        sale 1000               | completed
        refund 700              | last requested
        refund 700              | last requested
        wait 60                 | refunded 700, last failed, reason of last refund_exceeds_capture"""),
    "a capture cannot fail any more when it was given back": (STRIPE, """
        fate fail-late insufficient_balance 86400
        sale 1000               | completed, captured 1000
        fate
        refund 1000             | refunded 1000
        wait 86400              | completed, captured 1000, refunded 1000"""),
    # Braintree: a completed one is voided until it settles; partial captures
    "braintree: a void undoes a capture not yet settling": (BRAINTREE, """
        authorize 1000          | authorized
        capture 1000            | completed, captured 1000
        void                    | voided, captured 0, captures undone"""),
    "braintree: settling ends the voiding and begins the refunding": (BRAINTREE, """
        sale 1000               | completed
        refund                  | refused refund_unsettled
        wait 28800              | captures settling
        void                    | refused void_settled
        refund 400              | refunded 400"""),
    "braintree: partial captures": (BRAINTREE, """
        authorize 1000          | authorized
        capture 300 more        | authorized, captured 300
        capture 300 more        | authorized, captured 600
        capture 401 more        | refused capture_exceeds_authorization
        capture 400 more        | completed, captured 1000
        void                    | voided, captured 0, captures undone"""),
    # CyberSource: captures are acknowledged, voids are not
    "cybersource: a void of an acknowledged capture": (CYBERSOURCE, """
        authorize 1000          | authorized
        capture 1000            | authorized, last requested
        void                    | voided, captures canceled
        wait 3600               | voided, captured 0, captures canceled"""),
    "cybersource: what is being refunded is not voided": (CYBERSOURCE, """
        sale 1000               | completed, captured 1000
        refund 300              | last requested
        void                    | refused void_refunded
        wait 3600               | refunded 300
        void                    | refused void_refunded"""),
    # Razorpay, Square: in full or not at all
    "razorpay: in full, never voided": (RAZORPAY, """
        authorize 1000          | authorized
        void                    | refused void_never
        capture 400             | refused capture_partial
        capture                 | completed, captured 1000
        void                    | refused void_captured
        refund                  | last requested
        refund                  | refused refund_completed
        wait 3600               | refunded 1000"""),
    # Stripe: one capture, many where the request asked for it; a challenge; a cancel before the answer
    "stripe: one capture": (STRIPE, """
        authorize 1000          | authorized
        capture 400 more        | completed, captured 400
        capture 600             | refused capture_completed"""),
    "stripe: many captures by request": (STRIPE, """
        authorize 1000 many     | authorized
        capture 400 more        | authorized, captured 400
        capture 300             | completed, captured 700"""),
    "stripe: a challenge that is passed": (STRIPE, """
        sale 1000 challenge     | challenged, captured 0
        refund                  | refused refund_uncaptured
        authenticate            | completed, captured 1000"""),
    "stripe: a challenge that is failed": (STRIPE, """
        sale 1000 challenge     | challenged
        fail                    | declined, reason authentication_failed"""),
    "stripe: a challenge, a second one, a decline": (STRIPE, """
        sale 1000 challenge>challenge>decline | challenged
        authenticate            | challenged
        authenticate            | declined, reason insufficient_funds
        capture                 | refused capture_declined
        void                    | refused void_declined"""),
    "stripe: a challenge is canceled": (STRIPE, """
        authorize 1000 challenge | challenged
        void                    | voided"""),
    "stripe: the issuer answers later": (STRIPE, """
        sale 1000 defer         | pending
        capture                 | refused capture_pending
        wait 600                | completed, captured 1000"""),
    "stripe: the issuer declines later": (STRIPE, """
        sale 1000 defer>decline | pending
        wait 600                | declined, reason insufficient_funds"""),
    "stripe: a payment is canceled before the issuer answers": (STRIPE, """
        sale 1000 defer         | pending
        void                    | voided
        wait 600                | voided, captured 0"""),
    "stripe: a dispute takes what is left": (STRIPE, """
        sale 1000               | completed
        refund 300              | refunded 300
        chargeback              | last booked, disputed 700
        refund                  | refused refund_disputed"""),
    "stripe: nothing to dispute": (STRIPE, """
        authorize 1000          | authorized
        chargeback              | refused chargeback_uncaptured"""),
    "stripe: nothing left to dispute": (STRIPE, """
        sale 1000               | completed
        refund                  | refunded 1000
        chargeback              | refused chargeback_refunded"""),
    "stripe: amounts of nothing": (STRIPE, """
        authorize 1000          | authorized
        capture 0               | refused capture_nothing
        capture 1000            | completed
        refund 0                | refused refund_nothing"""),
}  # fmt: skip

ANSWERS = {
    "": issuer.approve(),
    "many": issuer.approve(),
    "partial": issuer.approve(500),
    "hold": issuer.hold(),
    "hold>reject": issuer.hold(issuer.reject("suspected_fraud")),
    "challenge": issuer.challenge(),
    "challenge>challenge>decline": issuer.challenge(issuer.challenge(issuer.decline("insufficient_funds"))),
    "defer": issuer.defer(),
    "defer>decline": issuer.defer(issuer.decline("insufficient_funds")),
}


@dataclass
class Walk:
    """One authorization in a ledger of its own, with its steps and what is true after each."""

    terms: Terms
    authorization: Authorization | None = None
    refused: str = ""

    def __post_init__(self) -> None:
        self.clock = Clock()
        self.ledger = Ledger(self.terms, self.clock)

    def step(self, action: str, *words: str) -> None:
        """Carry one step out."""
        self.refused = ""
        amount = int(words[0]) if words and words[0].isdigit() else None
        match action:
            case "authorize" | "sale":
                word = words[1] if len(words) > 1 else ""
                purchase = self.ledger.open(Money(amount or 0, "EUR"))
                self.authorization = self.ledger.present(
                    purchase, CARD, automatic=action == "sale", captures="many" if word == "many" else None
                )
                self.ledger.apply(self.authorization, ANSWERS[word])
            case "authenticate" | "fail":
                self.ledger.authenticate(self.it, passed=action == "authenticate")
            case "wait":
                self.clock.advance(float(words[0]))
            case "fate":
                reason, late = words[1:2], words[:1] == ("fail-late",)
                after = float(words[2]) if late else 0.0
                fate = Fate(fails=True, booked_first=late, reason=reason[0], after=after) if reason else None
                self.ledger.decide = lambda movement: fate
            case "capture" | "refund" | "void" | "chargeback":
                try:
                    self.ledger.request(action, self.it, amount, final="more" not in words)
                except Obstacle as obstacle:
                    self.refused = obstacle.rule

    @property
    def it(self) -> Authorization:
        assert self.authorization is not None
        return self.authorization

    def fact(self, words: list[str]) -> tuple[str, str]:
        """What a word of the table means and what is true of it."""
        name, said = " ".join(words[:-1]), words[-1]
        last = self.it.movements[-1] if self.it.movements else None
        true = {
            "": self.it.state,
            "refused": self.refused,
            "reason": self.it.reason,
            "approved": self.it.approved,
            "captured": self.it.captured,
            "refunded": self.it.refunded,
            "capturable": self.it.capturable,
            "refundable": self.it.refundable,
            "disputed": self.it.total("chargeback"),
            "last": last.state if last else "",
            "reason of last": last.reason if last else "",
            "captures": "/".join(sorted({m.state for m in self.it.movements if m.kind == "capture"})),
        }
        return said, str(true[name])


@pytest.mark.parametrize("name", WALKS)
def test_walk(name: str) -> None:
    """Step by step, the ledger is what that kind of gateway says it is; a step that is refused says by which rule."""
    terms, script = WALKS[name]
    walk = Walk(terms)
    for line in script.strip().splitlines():
        step, _, after = (part.strip() for part in line.partition("|"))
        walk.step(*step.split())
        facts = [walk.fact(each.split()) for each in after.split(", ")] if after else []

        assert [said for said, _ in facts] == [true for _, true in facts], line
        assert walk.refused == "" or "refused" in after, line


# --- single rules -----------------------------------------------------------------------------------------------------


def booked(terms: Terms = STRIPE, amount: int = 1000) -> tuple[Ledger, Authorization]:
    """A ledger with one sale that was paid."""
    ledger = Ledger(terms, Clock())
    sale = ledger.present(ledger.open(Money(amount, "EUR"), "order-1"), CARD, automatic=True)
    ledger.apply(sale, issuer.approve())
    return ledger, sale


def test_a_refund_of_one_capture_is_bounded_by_that_capture() -> None:
    """Where a refund belongs to a capture, the other captures of the authorization do not pay for it."""
    ledger = Ledger(PAYPAL, Clock())
    held = ledger.present(ledger.open(Money(1000, "EUR")), CARD, automatic=False)
    ledger.apply(held, issuer.approve())
    first = ledger.request("capture", held, 400, final=False)
    ledger.request("capture", held, 600)

    with pytest.raises(Obstacle) as refused:
        ledger.request("refund", held, 401, of=first)
    whole = ledger.request("refund", held, of=first)

    assert refused.value.rule == "refund_exceeds_capture"
    assert (whole.amount, held.refunded) == (400, 400)


def test_what_is_refused_changes_nothing() -> None:
    """A movement that meets an obstacle leaves neither a trace in the journal nor a movement."""
    ledger, sale = booked()
    before, movements = list(ledger.journal), list(sale.movements)

    with pytest.raises(Obstacle) as refused:
        ledger.request("void", sale)

    assert str(refused.value) == "void_captured: authorization 2 is completed"
    assert (ledger.journal, sale.movements) == (before, movements)


def test_an_event_out_of_place_is_our_own_error() -> None:
    """A simulator that moves what cannot move is told which events the state knows."""
    ledger, sale = booked()
    purchase = sale.purchase
    ledger.move(purchase, "cancel")

    with pytest.raises(ImpossibleEventError) as unknown:
        ledger.move(sale, "approve")
    with pytest.raises(ImpossibleEventError) as ended:
        ledger.move(purchase, "cancel")

    assert str(unknown.value) == (
        "ledger: authorization 2 is 'completed', which does not know 'approve' (it knows: reopen, void, lapse)"
    )
    assert str(ended.value) == "ledger: purchase 1 is 'canceled', which does not know 'cancel' (it knows: nothing)"


def test_the_journal_tells_who_did_what_when() -> None:
    """Each line has its time, its exchange, the state before and the amount; listeners hear it at once."""
    clock = Clock(1000.0)
    ledger = Ledger(STRIPE, clock)
    heard: list[str] = []
    ledger.listeners.append(lambda entry: heard.append(entry.event))
    ledger.exchange = "exchange 1"
    sale = ledger.present(ledger.open(Money(1000, "EUR"), "order-1"), CARD, automatic=True)
    ledger.apply(sale, issuer.defer(after=60))
    ledger.exchange = None
    clock.advance(60)

    assert [(e.at, e.exchange, e.before, e.event, e.amount) for e in ledger.journal] == [
        (1000.0, "exchange 1", None, "open", 1000),
        (1000.0, "exchange 1", None, "present", 1000),
        (1000.0, "exchange 1", "created", "defer", 0),
        (1060.0, None, "pending", "approve", 1000),
        (1060.0, None, None, "request", 1000),
        (1060.0, None, "requested", "book", 1000),
        (1060.0, None, "authorized", "complete", 0),
    ]
    assert heard == [entry.event for entry in ledger.journal]


def test_names_of_the_wire_lead_to_subjects_of_their_kind() -> None:
    """An id finds what it was given to, and nothing when another kind of thing is asked for."""
    ledger, sale = booked()

    assert ledger.name("ch_1", sale) == "ch_1"
    assert ledger.named("ch_1", Authorization) is sale
    assert ledger.named("ch_1", Purchase) is None
    assert ledger.named("ch_2", Authorization) is None


def test_a_card_that_was_turned_away_leaves_no_authorization() -> None:
    """What the gateway refused before any authorization is remembered with its exchange and reason."""
    ledger = Ledger(STRIPE, Clock())
    ledger.exchange = "exchange 1"
    ledger.turn_away(CARD, "malformed_number")

    assert [(away.exchange, away.card, away.reason) for away in ledger.turned_away] == [
        ("exchange 1", CARD, "malformed_number")
    ]
    assert ledger.purchases == []


@pytest.mark.parametrize(
    ("script", "alive"),
    [
        ("authorize 1000", True),
        ("authorize 1000 hold", False),
        ("sale 1000", True),
        ("sale 1000; refund 999", True),
        ("sale 1000; refund", False),
        ("authorize 1000; void", False),
        ("authorize 1000 many; capture 400 more; refund 400", True),
        ("authorize 1000 challenge", False),
    ],
)
def test_live(script: str, *, alive: bool) -> None:
    """Live is what holds the cardholder's money, or has taken some that was not given back."""
    walk = Walk(STRIPE)
    for step in script.split("; "):
        walk.step(*step.split())

    assert live(walk.it) is alive


# --- whatever is done -------------------------------------------------------------------------------------------------

TERMS = st.builds(
    Terms,
    source=st.just("test"),
    captures=st.sampled_from(["many", "many", "once", "full"]),
    overcapture=st.sampled_from([0, 15]),
    acknowledges=st.sampled_from([(), MOLLIE.acknowledges, ADYEN.acknowledges, ("refund", "void")]),
    delay=st.sampled_from([60.0, 0.0]),
    void_until=st.sampled_from(["captured", "settling", "never"]),
    refund_from=st.sampled_from(["booked", "booked", "settling", "settled"]),
    cutoff=st.sampled_from([600.0, 3_600.0]),
    settling=st.sampled_from([0.0, 3_600.0]),
    expires=st.sampled_from([0.0, 7_200.0]),
    failed_capture=st.sampled_from(["reopens", "ends"]),
)
FAILED = Fate(fails=True, reason="balance")
LATE = Fate(fails=True, booked_first=True, reason="balance", after=600.0)
DEFERRED = Fate(pending=True, after=600.0)
FATES = st.sampled_from([None, None, None, FAILED, LATE, DEFERRED])
AMOUNTS = st.sampled_from([400, 600, 750, 1151, 0, None])
AUTOMATIC = st.booleans()
ANSWER = st.sampled_from([ANSWERS[""]] * 6 + list(ANSWERS.values()))


class Books(RuleBasedStateMachine):
    """Anything, in any order, under any terms: requests are refused by an `Obstacle` or carried out, nothing else."""

    @initialize(terms=TERMS, automatic=AUTOMATIC, answer=ANSWER)
    def begin(self, terms: Terms, answer: issuer.Answer, *, automatic: bool) -> None:
        self.clock = Clock()
        self.ledger = Ledger(terms, self.clock)
        self.late: dict[Authorization, int] = defaultdict(int)  # captured, then failed: refunds may have preceded it
        self.ledger.listeners.append(self.hear)
        self.pay(answer, automatic=automatic)

    def hear(self, entry: Any) -> None:
        """What was booked was not past its guard, by sums made here."""
        movement = entry.subject
        if not isinstance(movement, Movement):
            return
        held = movement.authorization
        if movement.kind == "capture" and entry.event == "fail" and entry.before in MOVED:
            self.late[held] += movement.amount
        if entry.event == "book" and movement.kind == "capture":
            assert held.state == "authorized"
            assert 0 < movement.amount <= self.ceiling(held)
        if entry.event == "book" and movement.kind == "refund":
            assert 0 < held.refunded <= held.captured
        if entry.event == "book" and movement.kind == "void":
            assert held.state not in ("declined", "rejected", "voided", "expired")

    def ceiling(self, held: Authorization) -> int:
        return held.approved * (100 + self.ledger.terms.overcapture) // 100

    @property
    def authorizations(self) -> list[Authorization]:
        return [a for purchase in self.ledger.purchases for a in purchase.authorizations]

    def pay(self, answer: issuer.Answer, *, automatic: bool) -> None:
        purchase = self.ledger.open(Money(1000, "EUR"))
        self.ledger.apply(self.ledger.present(purchase, CARD, automatic=automatic), answer)

    @precondition(lambda self: len(self.ledger.purchases) < 2)
    @rule(automatic=AUTOMATIC, answer=ANSWER)
    def pay_again(self, answer: issuer.Answer, *, automatic: bool) -> None:
        self.pay(answer, automatic=automatic)

    @rule(
        kind=st.sampled_from(["capture", "capture", "refund", "refund", "void", "chargeback"]),
        amount=AMOUNTS,
        final=st.sampled_from([False, False, True]),
        fate=FATES,
        place=st.integers(0, 1),
    )
    def request(self, kind: Kind, amount: int | None, fate: Fate | None, place: int, *, final: bool) -> None:
        held = self.authorizations[place % len(self.authorizations)]
        self.ledger.decide = lambda movement: fate if movement.kind in ("capture", "refund") else None
        before = len(self.ledger.journal)
        try:
            self.ledger.request(kind, held, amount, final=final)
        except Obstacle:
            assert len(self.ledger.journal) == before

    @precondition(lambda self: any(held.state == "challenged" for held in self.authorizations))
    @rule(passed=st.booleans(), place=st.integers(0, 1))
    def authenticate(self, place: int, *, passed: bool) -> None:
        held = self.authorizations[place % len(self.authorizations)]
        assume(held.state == "challenged")
        self.ledger.authenticate(held, passed=passed)

    @rule(seconds=st.sampled_from([60.0, 600.0, 3_600.0, 7_200.0]))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @invariant()
    def no_more_captured_than_approved(self) -> None:
        for held in self.authorizations:
            assert held.total("capture", LIVE) <= self.ceiling(held)

    @invariant()
    def no_more_refunded_than_captured(self) -> None:
        for held in self.authorizations:
            assert held.total("refund", LIVE) <= held.captured + self.late[held]

    @invariant()
    def sums_are_of_amounts(self) -> None:
        for held in self.authorizations:
            assert all(movement.amount >= 0 for movement in held.movements)
            assert held.capturable >= 0

    @invariant()
    def nothing_is_taken_from_what_is_over(self) -> None:
        for held in self.authorizations:
            if held.state in ("declined", "rejected", "voided", "expired"):
                assert held.captured == 0

    @invariant()
    def the_journal_says_it_all(self) -> None:
        states: dict[Any, str] = {}
        machines = {Purchase: (PURCHASE, "open"), Authorization: (AUTHORIZATION, "created")}
        for entry in self.ledger.journal:
            machine, start = machines.get(type(entry.subject), (MOVEMENT, "requested"))
            assert states.get(entry.subject) == entry.before
            states[entry.subject] = start if entry.before is None else machine[entry.before][entry.event]
        assert all(subject.state == state for subject, state in states.items())
        assert {m for held in self.authorizations for m in held.movements} <= set(states)


Books.TestCase.settings = settings(max_examples=200, stateful_step_count=15)
TestBooks: Callable[[], Any] = Books.TestCase
