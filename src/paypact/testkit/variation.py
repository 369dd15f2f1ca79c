"""Variations of replies, as cases spell them: found by rehearsal, made while a reply is still typed, told in a finding.

`2 payment_method_details.card.checks absent` varies the second reply to the case's operation, or the second webhook
where that is `receive`. `1 everything documented` leaves out or nulls at once all that may be, and
`1 every null at depth 3` makes one such change wherever it is documented at one depth. `1 status unseen, nothing moved`
shows a word that nobody knows over a movement that the gateway has only acknowledged: the same word over money that
moved is a case of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from paypact.errors import UsageError
from paypact.testkit.case import Axes, Axis, Case, Value
from paypact.world.http import Response
from paypact.world.recording import Exchange
from paypact.world.variations import Variation, variations, varied
from paypact.world.wire import Grade, GradeWord

if TYPE_CHECKING:
    from paypact.testkit.example import Example
    from paypact.testkit.profiles import Profile
    from paypact.world.notifications import Event, Outbox
    from paypact.world.world import World

Rehearse: TypeAlias = "Callable[[Case], Example]"
RECEIVE: Final = "receive"  # the operation whose variations are of webhooks
EVERYTHING: Final = "everything"
EVERY: Final = "every"
DEPTH: Final = " at depth "
NOTHING_MOVED: Final = ", nothing moved"
ACKNOWLEDGED: Final = 3600.0  # seconds until a movement that was only acknowledged is carried out
GRADES: Final[tuple[GradeWord, ...]] = ("documented", "schema", "never")  # best evidenced first
MOVEMENTS: Final = ("capture", "void", "refund")
_SAID: Final = {
    "absent": "left out {0}",
    "null": "had null for {0}",
    "unseen": "had a word for {0} that nobody has seen",
    "extra": "had a new field in {0}",
    "empty": "had an empty list for {0}",
    "arm": "had another kind of {0} ({1})",
    "other": "had another value for {0}",
    "retyped": "had a value of another type for {0}",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One variation as a case spells it: of which reply to the operation (from 1), and what."""

    place: int
    what: str
    unmoved: bool = False  # the movement that is asked for is only acknowledged

    @classmethod
    def parse(cls, text: str) -> Change:
        """The change that a case spells.

        Raises:
            UsageError: it spells none.
        """
        place, _, what = text.partition(" ")
        if not spelled(text):
            raise UsageError(
                f"variation {text!r} is not of the form `<number of a reply> <field> <kind>`, such as `1 status unseen`"
            )
        return cls(int(place), what.removesuffix(NOTHING_MOVED), what.endswith(NOTHING_MOVED))

    def among(self, possible: Iterable[Variation]) -> tuple[Variation, ...]:
        """Which of a reply's variations this is; empty where the reply has no such field."""
        head, _, grade = self.what.partition(" ")
        if head == EVERYTHING:
            return tuple(everything(possible, grade))
        if head == EVERY:
            return tuple(each for each in possible if every(each) == self.what)
        return tuple(each for each in possible if str(each) == self.what)[:1]


@dataclass(frozen=True)
class VariationAxis(Axis):
    """The variations that rehearsal found. Any other may be replayed: the replies to another revision differ."""

    @classmethod
    def of(cls, among: Iterable[Case]) -> VariationAxis:
        """Those of these cases, grouped by kind; the first is none."""
        return cls(("", *dict.fromkeys(case.variation for case in among if case.variation)), kind_of)

    def accepts(self, value: object) -> bool:
        return value == "" or (isinstance(value, str) and spelled(value))

    def simpler(self, value: Value) -> Iterator[Value]:
        """None is simpler than another; only no variation at all is."""
        if value:
            yield ""


@dataclass(frozen=True, slots=True)
class Struck:
    """What was truly varied: the number of the exchange in its example (0: a webhook), and what its reply underwent."""

    number: int
    change: Change
    variations: tuple[Variation, ...]
    subject: str = ""  # as a sentence names it

    @property
    def grade(self) -> Grade:
        """The weakest evidence of all that was varied."""
        return max((each.grade for each in self.variations), key=lambda grade: GRADES.index(grade.word))

    @property
    def state(self) -> bool:
        """Whether the reply no longer says what became of the payment."""
        return any(each.state for each in self.variations)

    @property
    def evidence(self) -> str:
        """The grade and, where there is one, its source."""
        grade = self.grade
        return f"{grade.word}: {grade.source}" if grade.source else grade.word

    def __str__(self) -> str:
        """What was done to the reply, as the predicate of a sentence."""
        if kind_of(f"{self.change.place} {self.change.what}") == EVERYTHING:
            return "left out or nulled all that it may"
        only = self.variations[0]
        if self.change.what.startswith(f"{EVERY} "):
            return _SAID[only.kind].format(f"all that may be so {len(only.path)} levels deep", "")
        path = ".".join(str(part) for part in only.path)
        return _SAID[only.kind].format(f"`{path}`" if path else "itself", only.arm.name if only.arm else "")


class Varying:
    """Waits for the reply that a case names and varies it, once; what the gateway keeps of it stays as it was.

    A webhook is varied whenever it is delivered.

    `illegal` varies also what the gateway never does: to find out what an integration needs.
    """

    def __init__(self, case: Case, *, illegal: bool = False) -> None:
        self.change = Change.parse(case.variation)
        self.operation = case.operation
        self.illegal = illegal
        self.struck: Struck | None = None
        self._seen = 0

    def attach(self, world: World, outbox: Outbox | None = None) -> None:
        """Vary the replies of this world, or, where the case is about `receive`, what leaves its outbox."""
        if self.operation == RECEIVE and outbox is not None:
            outbox.change = lambda event: self._reworded(outbox, event)
            return
        world.vary = self
        if self.change.unmoved:
            terms = world.ledger.terms
            later: Any = (*terms.acknowledges, self.operation)
            world.ledger.terms = msgspec.structs.replace(terms, acknowledges=later, delay=ACKNOWLEDGED)

    def __call__(self, exchange: Exchange, response: Response) -> Response:
        if exchange.operation != self.operation:
            return response
        self._seen += 1
        if self._seen != self.change.place:
            return response
        chosen = self.change.among(variations(response.body, everything=self.illegal))
        if not chosen:
            return response
        self.struck = Struck(exchange.number, self.change, chosen, f"reply {exchange.number}")
        return replace(response, body=varied(response.body, chosen), headers=dict(response.headers))

    def _reworded(self, outbox: Outbox, event: Event) -> Event:
        place = next((n for n, each in enumerate(outbox.happened, 1) if each.id == event.id), 0)
        if place != self.change.place or event.tree is None:
            return event
        chosen = self.change.among(variations(event.tree))
        if not chosen:
            return event
        self.struck = Struck(0, self.change, chosen, f"webhook {event.type}")
        return outbox.simulator.reworded(event, varied(event.tree, chosen))


def every(each: Variation) -> str:
    """The text of all documented changes of the same kind at the same depth; empty for what is not among such."""
    if each.grade.word != "documented" or each.state or each.kind == "arm":
        return ""
    return f"{EVERY} {each.kind}{DEPTH}{len(each.path)}"


def spelled(text: str) -> bool:
    """Whether a text has the form of a variation."""
    place, _, what = text.partition(" ")
    return place.isdecimal() and len(what.split(" ")) > 1 and kind_of(text) != "none"


def kind_of(text: object) -> str:
    """The kind of the variation that a case spells: the class by which it is covered."""
    words = str(text).removesuffix(NOTHING_MOVED).split(" ")[1:]
    return next((word for word in words if word in (EVERYTHING, *_SAID)), "none")


def everything(possible: Iterable[Variation], grade: str) -> Iterator[Variation]:
    """All that may be left out or null at once, by this grade or a better one; what lies below them goes with them."""
    gone: list[tuple[str | int, ...]] = []
    for each in possible:
        fits = each.kind in ("absent", "null") and each.grade.word in GRADES[: GRADES.index(grade) + 1]
        if fits and not any(each.path[: len(path)] == path for path in gone):
            gone.append(each.path)
            yield each


def found(example: Example, operation: str, *, illegal: bool = False) -> Iterator[tuple[str, Grade]]:
    """Each variation of the replies to the first call of `operation` in an undisturbed example, with its evidence.

    `illegal` adds what the gateway never does.
    """
    told = next((each for each in example.history if each.operation == operation), None)
    if told is None:
        return
    replies = [each for each in example.exchanges[told.first : told.last] if each.operation == operation]
    for place, exchange in enumerate(replies, 1):
        if exchange.response is None:
            continue
        possible = list(variations(exchange.response.body, everything=illegal))
        for each in possible:
            yield f"{place} {each}", each.grade
            if each.state and operation in MOVEMENTS and "request" in exchange.events:
                yield f"{place} {each}{NOTHING_MOVED}", each.grade
        most = 1
        for grade in GRADES if illegal else GRADES[:2]:
            size = len(list(everything(possible, grade)))
            if size > most:  # one field alone was varied above
                yield f"{place} {EVERYTHING} {grade}", Grade(grade, "")
                most = size


def cases(situations: Sequence[Case], rehearse: Rehearse, *, illegal: bool = False) -> list[Case]:
    """The situations as they are, then one case a variation of their replies, the best evidenced first.

    A situation that has its answer in common with an earlier one adds only what that one's replies do not have.
    """
    seen: set[tuple[str, str, str, str]] = set()
    graded: list[tuple[int, Case]] = []
    for situation in situations:
        example = rehearse(situation)
        for text, grade in found(example, situation.operation, illegal=illegal):
            key = (situation.operation, situation.answer, situation.shopper, text)
            if key not in seen:
                seen.add(key)
                graded.append((GRADES.index(grade.word), situation.but({"variation": text})))
    return [*situations, *(case for _, case in sorted(graded, key=lambda pair: pair[0]))]


def mixed(cell: str, profile: Profile, axes: Axes, among: Sequence[Case]) -> Iterator[Case]:
    """Random ones of these cases, with random values of the axes on which they do not differ."""
    drawn = random.Random(profile.seed_of(cell))  # noqa: S311 - nothing secret is drawn
    free = {name: axis.values for name, axis in axes.items() if len({getattr(case, name) for case in among}) == 1}
    for _ in range(profile.examples):
        values = {name: drawn.choice(choice) for name, choice in free.items()}
        yield drawn.choice(among).but({**values, "digits": drawn.randrange(10_000)})
