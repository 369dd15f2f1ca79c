"""The result model: what a run found, in one form that every rendering reads. JSON schema version 1.

Everything in it is redacted already. Field names are public: docs/json.md describes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, TypeAlias

import msgspec

SCHEMA: Final = 1

Severity: TypeAlias = Literal["money", "crash", "exposure", "belief", "advice"]
Cause: TypeAlias = Literal["integration", "sdk", "driver", "environment"]
Trigger: TypeAlias = Literal["plain", "answer", "variation", "fault", "delivery", "interleaving"]
State: TypeAlias = Literal["kept", "broken", "advice", "not covered", "defect"]

SEVERITIES: Final[tuple[Severity, ...]] = ("money", "crash", "exposure", "belief", "advice")  # worst first
STATES: Final[tuple[State, ...]] = ("defect", "broken", "advice", "not covered", "kept")  # worst first

KEPT, BROKEN, UNUSABLE = 0, 1, 2  # exit codes


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the result."""


class Line(Record, frozen=True, kw_only=True):
    """A place in the team's code. `file` is relative to the working folder where it lies below it."""

    file: str
    number: int
    function: str
    code: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.number} in {self.function}"


class Step(Record, frozen=True, kw_only=True):
    """One step of what happened: what the shop was asked and told, and what the ledger held right after it."""

    call: str  # the operation, or what happened by itself, such as a day that passes
    told: str = ""  # what the shop answered; empty: it was not asked
    ledger: str = ""
    parted: bool = False  # the first step that breaks the promise: from here on, shop and ledger are of two minds
    exchanges: int = 0  # how many exchanges had been made by the end of it

    def __str__(self) -> str:
        return f"{self.call}: {self.told or 'happened'}; then {self.ledger}"


class ExchangeView(Record, frozen=True, kw_only=True):
    """One exchange as it is shown: redacted, shortened."""

    number: int
    operation: str
    method: str
    url: str
    request: str = ""
    status: int | None = None  # None: no reply reached the client
    reply: str = ""
    failure: str = ""  # how the reply was lost
    fault: str = ""  # the fault that was injected here
    refused: str = ""  # the vendor's rule that refused the request
    booked: tuple[str, ...] = ()  # the ledger's events
    line: str = ""  # the team's line that sent it


class Finding(Record, frozen=True, kw_only=True):
    """One broken promise, shrunk to its smallest case."""

    promise: str
    integration: str
    gateway: str
    cell: str
    severity: Severity
    cause: Cause
    trigger: Trigger
    sentence: str  # what broke, in one line
    clause: str  # the row and column of the oracle table, or the check, that says so
    operation: str = ""
    card: str = ""  # masked
    answer: str = ""
    fault: str = ""
    variation: str = ""
    exception: str = ""  # type and message
    line: Line | None = None
    stack: tuple[Line, ...] = ()  # the team's frames, outermost first
    story: tuple[Step, ...] = ()
    paid: str = ""  # what the order cost its shopper in the end
    exchanges: tuple[ExchangeView, ...] = ()
    explained: dict[str, str] = {}  # axis -> "any" or "only a, b"
    case: dict[str, Any] = {}  # what is not plain
    fingerprint: str = ""
    replay: str = ""  # the command that plays exactly this
    source: str = ""  # the oracle's or the gateway's source for what should have happened
    note: str = ""  # such as: does not recur in a fresh process
    accepted: Literal["", "waiver", "baseline"] = ""  # by what the team accepts it: it fails nothing, and is advice

    @property
    def name(self) -> str:
        return f"{self.promise}[{self.integration}-{self.cell}]"


class CellResult(Record, frozen=True, kw_only=True):
    """One square of the matrix."""

    promise: str
    integration: str
    gateway: str
    cell: str
    state: State
    why: str = ""  # of not covered and defect
    findings: tuple[Finding, ...] = ()
    examples: int = 0
    rows: int = 0  # of the examples, how many came from the covering array
    exchanges: int = 0
    seconds: float = 0.0
    occurred: dict[str, int] = {}  # condition -> how often it truly occurred
    covered: dict[str, tuple[str, ...]] = {}  # axis -> values tried
    pairs: tuple[str, ...] = ()  # pairs of classes met, "axis=class & axis=class"
    missed: tuple[str, ...] | None = None  # pairs of classes that can meet, and did not here; None: not known
    untried: dict[str, tuple[str, ...]] | None = None  # axis -> values not tried here; None: not known
    not_simulated: tuple[str, ...] = ()
    unmodelled: tuple[str, ...] = ()  # parameters accepted without a model
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.promise}[{self.integration}-{self.cell}]"


class Integration(Record, frozen=True, kw_only=True):
    """One column of the matrix and what it offers."""

    name: str
    gateway: str
    driver: str  # module:Class
    file: str
    operations: tuple[str, ...]
    missing: tuple[str, ...] = ()


class Coverage(Record, frozen=True, kw_only=True):
    """How much of one promise's axes was met for one integration."""

    promise: str
    integration: str
    pairs: int  # pairs of classes met
    of: int  # pairs of classes that can meet
    values: int
    of_values: int


class Shard(Record, frozen=True, kw_only=True):
    """Which part of a shared run this is: `number` of `of`, and the names of all the cells that were dealt."""

    number: int
    of: int
    cells: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


class Acceptance(Record, frozen=True, kw_only=True):
    """What a team accepts, and what became of it: a waiver, or what the baseline says of a finding or of a cell.

    A waiver is used, unused or ended; a finding of the baseline is known or gone; a cell of the baseline is lost.
    """

    kind: Literal["waiver", "baseline"]
    name: str  # of the cells, as patterns; of the finding's cell; of the cell
    state: Literal["used", "unused", "ended", "known", "gone", "lost"]
    reason: str = ""  # the waiver's own; the finding's sentence
    owner: str = ""
    until: str = ""  # ISO date
    findings: int = 0  # how many it holds for


class RunResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A whole run, or one shard of it."""

    schema: int = SCHEMA
    version: str
    profile: str
    fail_on: Severity
    exit_code: int
    verdict: str  # one line
    integrations: tuple[Integration, ...]
    cells: tuple[CellResult, ...]
    coverage: tuple[Coverage, ...] = ()
    seconds: float = 0.0
    notes: tuple[str, ...] = ()  # of waivers and the baseline: ended, lost, not needed any more
    accepted: tuple[Acceptance, ...] = ()
    errors: tuple[str, ...] = ()  # mistakes in use that were met on the way: exit code 2
    shard: Shard | None = None
    needs: tuple[dict[str, Any], ...] = ()  # what `paypact needs` wrote of each integration, where it was merged in

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, worst first."""
        every = [finding for cell in self.cells for finding in cell.findings]
        return tuple(sorted(every, key=lambda finding: SEVERITIES.index(finding.severity)))


def fails(severity: Severity, fail_on: Severity) -> bool:
    """Whether a finding of `severity` fails a build whose threshold is `fail_on`."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(fail_on)


def failing(findings: Iterable[Finding], fail_on: Severity) -> list[Finding]:
    """Those that fail a build whose threshold is `fail_on`: severe enough, and accepted by nobody."""
    return [finding for finding in findings if fails(finding.severity, fail_on) and not finding.accepted]


def conclude(
    cells: Iterable[CellResult], fail_on: Severity, *, errors: Sequence[str] = (), failures: Sequence[str] = ()
) -> tuple[int, str]:
    """Exit code and verdict line.

    0 kept; 1 a finding at or above `fail_on`, or one of the `failures`; 2 nothing covered, a defect of ours, or one of
    the `errors`.
    """
    cells = list(cells)
    if errors:
        return UNUSABLE, f"{errors[0]}{f' (and {len(errors) - 1} more)' if len(errors) > 1 else ''}"
    findings = [finding for cell in cells for finding in cell.findings]
    defects = [cell for cell in cells if cell.state == "defect"]
    bad = failing(findings, fail_on)
    covered = [cell for cell in cells if cell.state not in ("not covered", "defect")]
    if defects:
        first = defects[0]
        where = f"{len(defects)} of {_count(len(cells), 'cell')}, first in {first.name}"
        return UNUSABLE, f"paypact itself failed in {where}: {first.why}"
    if bad:
        worst = min(bad, key=lambda finding: SEVERITIES.index(finding.severity))
        broken = _count(len({finding.promise for finding in bad}), "broken promise")
        said = f"{_count(len(bad), 'finding')} in {broken}, the worst ({worst.severity}): {worst.sentence}"
        return BROKEN, said
    if not covered:
        return UNUSABLE, "nothing was covered: no promise could be tried, so nothing is known"
    if failures:
        return BROKEN, failures[0]
    return KEPT, _kept(covered, findings, fail_on, gaps=len(cells) - len(covered))


def _kept(covered: list[CellResult], findings: list[Finding], fail_on: Severity, *, gaps: int) -> str:
    """The verdict of a run that fails nothing: what is accepted is not kept, and is counted apart."""
    accepted = sum(bool(finding.accepted) for finding in findings)
    sound = sum(not any(finding.accepted for finding in cell.findings) for cell in covered)
    if accepted:
        said = [f"{sound} of {_count(len(covered), 'cell')} kept their promise", _count(accepted, "accepted finding")]
    else:
        said = ["1 cell kept its promise" if sound == 1 else f"all {sound} cells kept their promise"]
    mild = [finding for finding in findings if not finding.accepted]
    if mild and all(finding.severity == "advice" for finding in mild):
        said.append(f"{_count(len(mild), 'piece')} of advice")
    elif mild:
        said.append(f"{_count(len(mild), 'finding')} milder than {fail_on}")
    return ", ".join([*said, *([f"{gaps} not covered"] if gaps else [])])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"
