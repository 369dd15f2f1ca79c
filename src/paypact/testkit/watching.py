"""Flows that are watched, not judged: what was told is for other promises, what was done on the way is looked at.

Promises about how an integration behaves (how long it waits, what it writes where) play any operation to its end here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

from paypact.testkit.blame import Place, calling_frames
from paypact.testkit.example import Example
from paypact.testkit.explore import Exploration
from paypact.testkit.flow import MOVEMENTS, move, moving, pay, paying
from paypact.testkit.target import Target
from paypact.testkit.told import Told
from paypact.world.network import BEFORE_ONLY, EDGES, FAILURES, Fault
from paypact.world.recording import Exchange

CONNECTION: Final = tuple(
    (kind, when) for kind in FAILURES for when in ("before", "after") if when == "before" or kind not in BEFORE_ONLY
)
EDGE: Final = tuple((kind, "before") for kind in EDGES)
YEAR: Final = 365 * 86_400.0  # seconds: pauses that double each time soon reach it
_ID = re.compile(r"(?<=/)(?!v\d+(?:/|$))[^/]*\d[^/]*")  # the version of an API is none


def operations(target: Target) -> tuple[str, ...]:
    """Every operation of the driver that a flow can reach, the plainest first."""
    found = [*paying(target), *moving(target)]
    begun = any(each not in MOVEMENTS for each in found)
    found += [each for each in ("complete", "lookup") if begun and target.offers(each)]
    return tuple(found)


def answers(target: Target) -> tuple[str, ...]:
    """Approved, and behind a challenge where the driver finishes one: else `complete` would never be called."""
    return ("approve", "challenge") if target.challenges else ("approve",)


def play(example: Example) -> None:
    """The case's operation, followed to its end; its fault strikes within that operation."""
    case, operation = example.case, example.case.operation
    if operation in MOVEMENTS:
        move(example, operation)
    elif operation in ("complete", "lookup"):
        example.strikes_at = operation
        pay(example, next(paying(example.target)))
    else:
        pay(example, operation)
    if operation == "lookup":
        payment = example.payments[-1]
        if case.fault:
            example.world.network.arm(Fault.parse(case.fault, case.times))
        example.perform("lookup", payment, payment.reference)
    example.problems.clear()
    example.occurred["fault struck"] += len(example.world.network.delivered)


def faults(run: Exploration, kinds: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Each kind of fault, `before` or `after`, at each exchange that the longest of the operations makes."""
    spelled = list(kinds)
    for place in range(1, most_exchanges(run) + 1):
        yield from (f"{kind} {when} {place}" for kind, when in spelled)


def most_exchanges(run: Exploration) -> int:
    """How many exchanges the longest of the operations makes, undisturbed."""
    target = run.target
    return max(
        run.longest(target.case(operation=operation, answer=answer), play)
        for operation in operations(target)
        for answer in answers(target)
    )


def within(example: Example, told: Told) -> Sequence[Exchange]:
    """The exchanges of one call."""
    return example.exchanges[told.first : told.last]


def shape(exchange: Exchange) -> str:
    """Method and path with `{}` for every part that holds a digit: what two calls of one kind have in common."""
    return f"{exchange.request.method} {_ID.sub('{}', exchange.request.path)}"


class Senders:
    """Notes for each exchange who made it. One call of a library that makes two exchanges has repeated itself.

    Put in the place of a recording's `locate` before the first exchange; frames are kept as long as this is.
    """

    def __init__(self) -> None:
        self._calls: list[tuple[list[tuple[FrameType, int]], FrameType | None]] = []

    def __call__(self) -> Place | None:
        team, called = calling_frames()
        self._calls.append((team, called))
        return (team[0][0].f_code, team[0][1]) if team else None

    def library(self, exchange: Exchange) -> str:
        """The file of the library function that the team's line called; empty where that is not known."""
        called = self._calls[exchange.number - 1][1]
        return called.f_code.co_filename if called else ""

    def repeated(self, one: Exchange, other: Exchange) -> bool:
        """Whether one call of a library made both, so that no line of the team's asked for the second."""
        called = self._calls[one.number - 1][1]
        return called is not None and called is self._calls[other.number - 1][1]

    def loop(self, one: Exchange, other: Exchange) -> Place | None:
        """The innermost of the team's functions in which both were made, at its line for the second."""
        first = {id(frame) for frame, _ in self._calls[one.number - 1][0]}
        common = ((frame.f_code, line) for frame, line in self._calls[other.number - 1][0] if id(frame) in first)
        return next(common, other.place)


@contextmanager
def watched(example: Example) -> Iterator[Senders]:
    """Within, it is noted of each exchange who made it."""
    recording, senders = example.world.recording, Senders()
    recording.locate, locate = senders, recording.locate
    try:
        yield senders
    finally:
        recording.locate = locate


def note_real_waits(run: Exploration) -> Callable[[Example, Any], None]:
    """A review that notes in the run where an integration waits for real: such waits are not seen."""

    def note(example: Example, again: object) -> None:
        said = "the integration also waits for real (an Event, a queue, a socket): such waits are not seen here"
        if example.world.clock.waited_for_real and said not in run.notes:
            run.notes.append(said)

    return note


def duration(seconds: float) -> str:
    """A time as people say it: `1 min 5 s`; seconds are left out beside hours, and years are not counted."""
    if seconds > YEAR:
        return "more than a year"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest if not hours else 0, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "no time"
