"""The ledger: what truly happened to the money. Every promise is checked against it.

Rules of this file: every change goes through `move`, which writes the journal; amounts are sums over movements and
never kept; what a movement may not do is one function, asked when the movement is requested and again when it is booked
(an acknowledged movement decides itself later, when the authorization may have changed).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from paypact.cards.card import Card
from paypact.payments import Money
from paypact.world.books import Authorization, Entry, Movement, Purchase, Subject, TurnedAway
from paypact.world.ledger_tables import AUTHORIZATION, LIVE, MOVED, MOVEMENT, PURCHASE, Kind, Machine, Terms
from paypact.world.obstacles import OBSTACLES, left


class Timers(Protocol):
    """What the ledger needs of a clock."""

    def time(self) -> float: ...
    def call_later(self, seconds: float, call: Callable[[], None]) -> object: ...


S = TypeVar("S", Purchase, Authorization, Movement)
_MACHINES: dict[type, Machine] = {Purchase: PURCHASE, Authorization: AUTHORIZATION, Movement: MOVEMENT}


class Obstacle(Exception):
    """A movement that the rules do not allow; `rule` is the ledger's word, each gateway has its own code for it."""

    def __init__(self, rule: str, subject: Subject) -> None:
        super().__init__(f"{rule}: {type(subject).__name__.lower()} {subject.id} is {subject.state}")
        self.rule = rule
        self.subject = subject


class ImpossibleEventError(Exception):
    """An event that the machine does not know in this state: a defect of a simulator, never of an integration."""


class Ledger:
    """All purchases of one world."""

    def __init__(self, terms: Terms, timers: Timers) -> None:
        self.terms = terms
        self.timers = timers
        self.purchases: list[Purchase] = []
        self.journal: list[Entry] = []
        self.turned_away: list[TurnedAway] = []
        self.listeners: list[Callable[[Entry], None]] = []
        self.exchange: Any = None  # the exchange being handled, None when time or a shopper acts
        self.attempt: str | None = None  # the press of Pay on whose behalf, also while a shopper acts
        self.decide: Callable[[Movement], Any] | None = None  # the acquirer: what becomes of a movement
        self._names: dict[str, Subject] = {}
        self._ids = 0

    # --- making -------------------------------------------------------------------------------------------------

    def open(self, price: Money, reference: str = "", data: Any = None) -> Purchase:
        """Open a purchase at `price`; nobody has presented a card yet."""
        purchase = Purchase(self._next(), price, reference, self.attempt, data)
        self.purchases.append(purchase)
        self._write(purchase, None, "open", price.minor)
        return purchase

    def present(
        self,
        purchase: Purchase,
        card: Card,
        amount: int | None = None,
        *,
        automatic: bool,
        captures: str | None = None,
        data: Any = None,
    ) -> Authorization:
        """A card is presented for `amount` minor units (None: the price). Its issuer has not answered yet."""
        asked = purchase.price.minor if amount is None else amount
        rule = captures or self.terms.captures
        made = Authorization(self._next(), purchase, card, asked, automatic, rule, self.attempt, data)
        purchase.authorizations.append(made)
        self._write(made, None, "present", asked)
        return made

    def turn_away(self, card: Card, reason: str) -> None:
        """The gateway refused `card` (as it received it) in its card-error class, without making an authorization."""
        self.turned_away.append(TurnedAway(self.exchange, card, reason))

    def request(
        self,
        kind: Kind,
        authorization: Authorization,
        amount: int | None = None,
        *,
        final: bool = True,
        of: Movement | None = None,
        with_approval: bool = False,
        data: Any = None,
    ) -> Movement:
        """Ask for a movement of `amount` minor units (None: all that is left); book it unless it is only acknowledged.

        `with_approval`: nobody asked for it by itself, it is the capture that a sale is.

        Raises:
            Obstacle: the rules do not allow it; nothing has changed. Where a gateway holds what it acknowledged to the
                rules only later (`obstacles` of its terms), the movement fails then instead.
        """
        asked = left(kind, authorization, of) if amount is None else amount
        wanted = Movement(self._next(), kind, authorization, asked, final, of, self.exchange, with_approval, data=data)
        rule = self.obstacle(wanted)
        acknowledged = ("sale" if with_approval else kind) in self.terms.acknowledges
        if rule and not (acknowledged and self.terms.obstacles == "when booked"):
            raise Obstacle(rule, authorization)
        authorization.movements.append(wanted)
        wanted.fate = self.decide(wanted) if self.decide else None
        self._write(wanted, None, "request", wanted.amount)
        if wanted.fate is not None and wanted.fate.pending:
            self.timers.call_later(wanted.fate.after, lambda: self.book(wanted))
        elif acknowledged:
            self.timers.call_later(self.terms.delay, lambda: self.book(wanted))
        else:
            self.book(wanted)
        return wanted

    # --- answers ------------------------------------------------------------------------------------------------

    def apply(self, authorization: Authorization, answer: Any) -> None:
        """Carry out an issuer's `Answer` on a created or pending authorization."""
        authorization.answer = answer
        authorization.reason = answer.reason
        if answer.event == "approve":
            authorization.approved = authorization.amount if answer.amount is None else answer.amount
        self.move(authorization, answer.event, authorization.approved)
        if authorization.state == "authorized":
            self._hold(authorization)
        elif authorization.state in ("pending", "held") and answer.then is not None:
            self.timers.call_later(answer.after, lambda: self._resolve(authorization, answer.then))

    def authenticate(self, authorization: Authorization, *, passed: bool) -> None:
        """The shopper passed or failed the challenge; passing lets the issuer give the answer behind it."""
        if not passed:
            authorization.reason = "authentication_failed"
            self.move(authorization, "fail")
            return
        behind = authorization.answer.then
        self.move(authorization, "authenticate")
        self.apply(authorization, behind)

    # --- moving -------------------------------------------------------------------------------------------------

    def book(self, movement: Movement) -> None:
        """Carry a requested movement out, or fail it by the rule that now stands in its way or by the acquirer."""
        if movement.state != "requested":
            return
        rule = self.obstacle(movement)
        fate = movement.fate
        if rule or (fate is not None and fate.fails and not fate.booked_first):
            movement.reason = rule or fate.reason
            self.move(movement, "fail", movement.amount)
            return
        self.move(movement, "book", movement.amount)
        authorization = movement.authorization
        if movement.kind == "capture":
            keeps_open = authorization.captures == "many" and not movement.final
            if not keeps_open or authorization.captured >= authorization.approved:
                self.move(authorization, "complete")
            if self.terms.cutoff or self.terms.settling:
                self.timers.call_later(self.terms.cutoff, lambda: self._settle(movement))
        elif movement.kind == "void":
            undone = {"requested", "booked"} if authorization.state == "completed" else {"requested"}
            for capture in authorization.movements:
                if capture.kind == "capture" and capture.state in undone:
                    self.move(capture, "cancel", capture.amount)
            if authorization.captured:
                self.move(authorization, "complete")  # releases the rest of a partly captured authorization
            else:
                self.move(authorization, "void" if "void" in AUTHORIZATION[authorization.state] else "cancel")
        if fate is not None and fate.fails:
            self.timers.call_later(fate.after, lambda: self._fail_late(movement, fate.reason))

    def move(self, subject: Subject, event: str, amount: int = 0) -> None:
        """Change a subject's state and write the journal.

        Raises:
            ImpossibleEventError: the machine has no such event in this state.
        """
        row = _MACHINES[type(subject)][subject.state]
        if event not in row:
            raise ImpossibleEventError(
                f"ledger: {type(subject).__name__.lower()} {subject.id} is {subject.state!r}, which does not know "
                f"{event!r} (it knows: {', '.join(row) or 'nothing'})"
            )
        before, subject.state = subject.state, row[event]
        self._write(subject, before, event, amount)

    def note(self, subject: Subject, event: str, amount: int = 0) -> None:
        """Write into the journal what happened and changed nothing, as for those who tell of it."""
        self._write(subject, subject.state, event, amount)

    def obstacle(self, movement: Movement) -> str | None:
        """The rule that forbids this movement now, in the ledger's words; None where nothing does."""
        return OBSTACLES[movement.kind](self.terms, movement)

    # --- names --------------------------------------------------------------------------------------------------

    def name(self, wire_id: str, subject: Subject) -> str:
        """Remember `subject` under an id of the wire and return the id."""
        self._names[wire_id] = subject
        return wire_id

    def named(self, wire_id: str, kind: type[S]) -> S | None:
        """The subject of that kind known under an id of the wire."""
        subject = self._names.get(wire_id)
        return subject if isinstance(subject, kind) else None

    # --- inside -------------------------------------------------------------------------------------------------

    def _next(self) -> int:
        self._ids += 1
        return self._ids

    def _without(self, authorization: Authorization) -> None:
        """What becomes of a completed authorization one of whose captures failed."""
        if self.terms.failed_capture == "reopens":
            self.move(authorization, "reopen")
        elif not authorization.total("capture", LIVE):
            self.move(authorization, "lapse")

    def _write(self, subject: Subject, before: str | None, event: str, amount: int) -> None:
        entry = Entry(self.timers.time(), self.exchange, subject, before, event, amount)
        self.journal.append(entry)
        for listener in self.listeners:
            listener(entry)

    def _hold(self, authorization: Authorization) -> None:
        if self.terms.expires and authorization.approved:  # a verification holds nothing that could lapse
            self.timers.call_later(self.terms.expires, lambda: self._lapse(authorization))
        if authorization.automatic:
            self.request("capture", authorization, with_approval=True)

    def _lapse(self, authorization: Authorization) -> None:
        if authorization.state == "authorized" and not authorization.total("capture", frozenset({"requested"})):
            self.move(authorization, "complete" if authorization.captured else "lapse")

    def _resolve(self, authorization: Authorization, answer: Any) -> None:
        if authorization.state == "held":
            if answer.event == "approve":
                authorization.approved = authorization.amount
                self.move(authorization, "release", authorization.approved)
                self._hold(authorization)
            else:
                authorization.reason = answer.reason
                self.move(authorization, "reject")
        elif authorization.state == "pending":
            self.apply(authorization, answer)

    def _settle(self, capture: Movement) -> None:
        if capture.state == "booked":
            self.move(capture, "close", capture.amount)
            self.timers.call_later(
                self.terms.settling,
                lambda: self.move(capture, "settle", capture.amount) if capture.state == "settling" else None,
            )

    def _fail_late(self, movement: Movement, reason: str) -> None:
        given_back = movement.kind == "capture" and movement.authorization.total("refund", LIVE)
        if movement.state in MOVED and not given_back:  # by then the money has come and gone
            movement.reason = reason
            self.move(movement, "fail", movement.amount)
            authorization = movement.authorization
            if movement.kind == "capture" and authorization.state == "completed":
                self._without(authorization)
