"""What was told: one call of an operation and what came back, and what was wrong about it."""

from __future__ import annotations

from asyncio import CancelledError
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from paypact.payments import Outcome, Payment
from paypact.report.model import Cause
from paypact.testkit.blame import Place
from paypact.testkit.judge import Verdict
from paypact.world.interleaving import preempted
from paypact.world.recording import EndlessError

if TYPE_CHECKING:
    from paypact.testkit.example import Example

# Whatever leaves a driver, but for a key pressed at the run.
CRASHES: Final = (Exception, SystemExit, CancelledError, EndlessError)


class WrongAnswerError(Exception):
    """A driver returned something that is no Outcome."""

    @classmethod
    def of(cls, operation: str, returned: object) -> WrongAnswerError:
        """What came back from an operation, and what may."""
        known = "Approved, Declined, ActionRequired, Pending, Rejected or Unknown"
        return cls(f"{operation} returned {returned!r}, which is no Outcome: return {known}")


@dataclass(frozen=True, slots=True)
class Told:
    """One call of an operation and what came back: an Outcome, or the exception that left the driver."""

    operation: str
    payment: Payment
    outcome: Outcome | BaseException
    first: int  # index of the call's first exchange
    last: int  # index behind its last one
    arguments: tuple[Any, ...] = ()
    waited: float = 0.0  # virtual seconds that the call took

    @property
    def crashed(self) -> bool:
        return isinstance(self.outcome, BaseException)

    @property
    def transaction(self) -> Any:
        """What the driver gave to hand back later; None where it gave nothing."""
        return getattr(self.outcome, "transaction", None)


@dataclass(frozen=True, slots=True)
class Problem:
    """A verdict that is not ok, with where it was met."""

    verdict: Verdict
    told: Told | None
    exchange: int  # how many exchanges had been made by then
    trigger: str = "plain"
    place: Place | None = None  # the line to blame; None: where the call crashed, or sent its last exchange
    cause: Cause | None = None  # who must change something; None: it follows from what was told
    moment: int = -1  # the newest one of the story by then; -1: none

    def explained(self, context: str) -> Problem:
        """The same, whose sentence says what was special, too."""
        return replace(self, verdict=replace(self.verdict, sentence=f"{self.verdict.sentence}; {context}"))


def trigger_of(example: Example) -> str:
    """What the world did to bring about what is wrong in an example."""
    case = example.case
    if example.world.network.delivered:
        return "fault"
    if example.varying is not None and example.varying.struck is not None:
        return "variation"
    if preempted(case.schedule) or case.interrupted:
        return "interleaving"
    if case.deliver or case.seal or example.occurred["webhook before the reply"]:
        return "delivery"
    return "plain" if case.answer == "approve" else "answer"
