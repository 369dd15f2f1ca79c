"""Exploring a cell: covering rows first, then random cases, then any failure is shrunk and explained.

One commit, one verdict: outside the `nightly` profile everything is seeded by the cell's name and nothing depends on
time, order, worker count or on constants of whichever modules happen to be imported.
"""

from __future__ import annotations

import os
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import msgspec

from paypact.report.model import Finding, Severity
from paypact.testkit import checks, covering, patience, session, variation
from paypact.testkit.case import Axes, Axis, Case, PlanAxis, Value, from_json
from paypact.testkit.example import Example
from paypact.testkit.finding import finding_of, sameness
from paypact.testkit.flow import moving, paying
from paypact.testkit.playing import playing
from paypact.testkit.profiles import Profile
from paypact.testkit.random_cases import random_cases
from paypact.testkit.shrink import explain, shrink
from paypact.testkit.told import Problem

if TYPE_CHECKING:
    from paypact.testkit.cell import Cell

Play: TypeAlias = Callable[[Example], None]
Review: TypeAlias = Callable[[Example, Callable[[Case], Example]], None]
Tolerance: TypeAlias = Literal["documented", "schema"]  # how well evidenced a reply must be to fail the build
MOST_FINDINGS: Final = 3  # of one cell: further ones are nearly always the same flaw in other clothes
MOST_SHRINKING: Final = 150  # examples spent on making one finding small, and as many on explaining it
MOST_NAMED: Final = 5  # variations that fail alike, in one sentence
UNSEEN_HERE: Final = (
    "the gateway's description allows this reply, and nothing says that it is ever sent in this state; "
    'with `tolerance = "schema"` it fails the build'
)
HOPELESS: Final = 3  # rows after which a cell is given up where none of them was simulated throughout
LEFT_BEHIND: Final = (
    "this case alone does not fail again: it fails only after other payments, so the integration leaves state behind "
    "in the process; run the whole cell to see it"
)


class NotCoveredError(Exception):
    """The promise could not be tried here; the message says what is missing."""


class DefectError(Exception):
    """paypact's own simulator or suite failed: exit 2, whatever the integration made of it."""


@dataclass(frozen=True, slots=True)
class Played:
    """One case and what came of it; the example keeps its world for the transcript."""

    case: Case
    example: Example
    problem: Problem | None


class Exploration:
    """One run of one cell. Promises call `explore`; `run_cell` reads the rest."""

    def __init__(
        self,
        cell: Cell,
        profile: Profile,
        *,
        fail_on: Severity,
        replay: Mapping[str, Any] | None,
        progress: Callable[[str], None] | None,
        tolerance: Tolerance = "documented",
        witness: Callable[[Example], None] | None = None,
        hasty: bool = False,
    ) -> None:
        self.cell = cell
        self.target = cell.target
        self.key = cell.key
        self.profile = profile
        self.fail_on = fail_on
        self.progress = progress
        self.tolerance, self.witness = tolerance, witness
        self.hasty = hasty  # whether there is anything is all that is asked: the first failure ends it, as it is
        self._stops = patience.stops()  # of calls that did not come back, by now
        self.findings: list[Finding] = []
        self.examples = self.rows = self.exchanges = 0
        self.occurred: Counter[str] = Counter()
        self.pairs_met: set[str] = set()
        self.not_simulated: set[str] = set()
        self._gaps = 0  # examples that met something not simulated
        self.unmodelled: set[str] = set()
        self.notes: list[str] = []
        self.advice_only = ""  # why findings here are advice whatever they say
        self._replay = replay
        self._condition = ""
        self._axes: Axes = {}
        self._listed = True  # until a covering array was asked for
        self._wider: Axes = {}
        self._play: Play
        self._listen: Callable[[], AbstractContextManager[Any]] = nullcontext
        self._review: Review | None = None
        self._played: list[Case] = []
        self._failures: dict[tuple[str, ...], Played] = {}
        self._failed: dict[Case, tuple[str, ...]] = {}

    @property
    def replaying(self) -> bool:
        """Whether one case is played again: then none has to be looked for."""
        return self._replay is not None

    def rehearse(self, play: Play) -> int:
        """The most exchanges that any operation of the driver makes in its plainest, undisturbed flow."""
        operations = (*paying(self.target), *moving(self.target))
        return max((self.longest(self.target.case(operation=each), play) for each in operations), default=0)

    def longest(self, case: Case, play: Play, operation: str = "") -> int:
        """The most exchanges of any one call in one undisturbed case; of one call of `operation`, where it is named."""
        history = self.rehearsed(case, play).history
        return max((told.last - told.first for told in history if operation in ("", told.operation)), default=0)

    def rehearsed(self, case: Case, play: Play) -> Example:
        """One undisturbed case, played to see what is sent; its example keeps its world."""
        with playing(self.target, case) as example:
            play(example)
        return example

    def explore(
        self,
        axes: Axes,
        play: Play,
        *,
        condition: str = "",
        wider: Mapping[str, tuple[Value, ...]] | None = None,
        cases: Sequence[Case] | None = None,
        at_random: bool = True,
        plainly: str = "",
        listen: Callable[[], AbstractContextManager[Any]] = nullcontext,
        review: Review | None = None,
    ) -> None:
        """Try `play` on the cell's cases: those that cover all pairs of classes, or all of `cases`; then random ones.

        `at_random=False` leaves the latter out, where `cases` are all there are. `plainly` is as for `covering.rows`.
        `condition` names what must truly occur at least once to count as covered. `wider` gives an axis that is fixed
        in this cell the values of its sister cells, for explaining a failure ("scheme: only jcb"). `listen` is entered
        around each example, the making of its driver included; what it gives is the example's `heard`. `review` sees
        each example when it is over, and may have other cases played to compare.

        Raises:
            NotCoveredError: an axis has no value, as faults have none where nothing is sent.
        """
        empty = next((name for name, axis in axes.items() if not axis.values), None)
        if empty is not None:
            raise NotCoveredError(f"there is no {empty} to try: in its plainest flow the driver sends nothing")
        self._axes, self._play, self._condition = axes, play, condition
        self._listed = cases is not None or any(isinstance(axis, PlanAxis) for axis in axes.values())
        self._listen, self._review = listen, review
        self._wider = {**axes, **{name: Axis(values) for name, values in (wider or {}).items()}}
        if self._replay is not None:
            case = from_json(self._replay, axes)
            played = self._try(case)
            if self.witness is not None:
                self.witness(played.example)
            if played.problem is not None:
                self.findings.append(self._finding(played, {}))
            if played.example.varying is not None and played.example.varying.struck is None:
                self.notes.append(f"no reply or webhook could be varied by {case.variation!r}")
            return
        place = (self.cell.part, self.cell.parts, self.profile.seed)
        for case in covering.rows(axes, *place, plainly=plainly) if cases is None else cases:
            self.rows += 1
            self._note(self._try(case))
            if self.hasty and self._failing():
                break
            if self.rows == HOPELESS and self._gaps == self.examples:
                return  # the integration speaks what is not simulated: more of it would say no more
        if at_random and not self._failing():
            self._at_random(axes, cases)
        for key, played in sorted(self._failures.items(), key=lambda failure: not self._serious(failure[1]))[
            :MOST_FINDINGS
        ]:
            self.findings.append(self._finding(played, {}) if self.hasty else self._smallest(key, played))

    def conclude(self) -> None:
        """Raise if what was promised was never truly tried."""
        if self.not_simulated and not self.findings:
            raise NotCoveredError(f"{', '.join(sorted(self.not_simulated))} is not simulated")
        if self._replay is None and self._condition and not self.occurred[self._condition] and not self.findings:
            raise NotCoveredError(f"its condition never occurred in {self.examples} examples: {self._condition}")
        if not self.examples:
            raise NotCoveredError("no case was left to try")

    def values_covered(self) -> dict[str, tuple[str, ...]]:
        """The values of each axis that were tried."""
        return covering.values(self._played, self._axes)

    def pairs_missed(self) -> tuple[str, ...] | None:
        """Pairs of classes that can meet and did not; None where cases were listed instead of covered."""
        if self._replay is not None or self._listed:
            return None
        return tuple(sorted(covering.possible(self._axes) - self.pairs_met))

    def values_untried(self) -> dict[str, tuple[str, ...]] | None:
        """The values of each axis that were not tried; None as above."""
        if self._replay is not None or self._listed:
            return None
        tried = self.values_covered()
        left = {name: [str(value) for value in axis.values] for name, axis in self._axes.items()}
        return {name: tuple(each for each in values if each not in tried[name]) for name, values in left.items()}

    def _play_out(self, case: Case) -> Example:
        session.started(self.target)  # once a process, so never within anybody's hearing
        with self._listen() as heard, playing(self.target, case) as example:
            example.heard = heard
            self._play(example)
            arrived = checks.cards_unchanged(example.world.ledger, example.payments)
            if arrived.word != "ok":
                example.problem(arrived, None)
        return example

    def _try(self, case: Case) -> Played:
        example = self._play_out(case)
        if self._review is not None:
            self._review(example, self._play_out)
        world = example.world
        if world.stop is not None:
            raise world.stop
        if world.defect is not None:
            last = traceback.extract_tb(world.defect.__traceback__)[-1]
            if os.environ.get("PAYPACT_DEBUG"):
                raise world.defect
            raise DefectError(
                f"the simulator raised {type(world.defect).__name__}: {world.defect} "
                f"({Path(last.filename).name}:{last.lineno}) on case {case}"
            )
        if patience.stops() > self._stops:
            self.hasty = True  # each try would take that long again
        self.examples += 1
        if self.progress is not None:
            self.progress(f"{self.cell.name}: {self.examples} examples")
        self.exchanges += len(example.exchanges)
        self.occurred += example.occurred
        self.pairs_met.update(covering.pairs(case, self._axes))
        self._played.append(case)
        for exchange in example.exchanges:
            self.unmodelled.update(exchange.unmodelled)
        missing = world.recording.not_simulated()
        if missing:
            self.not_simulated.update(missing)
            self._gaps += 1
            return Played(case, example, None)  # what follows from our own gap accuses nobody
        # What follows a first problem is its consequence: it says what the shopper pays, not what is wrong.
        serious = [problem for problem in example.problems if problem.verdict.severity != "advice"]
        problem = next(iter(serious or example.problems), None)
        return Played(case, example, problem)

    def _note(self, played: Played) -> None:
        if played.problem is not None:
            key = sameness(played.example, played.problem)
            self._failed[played.case] = key
            self._failures.setdefault(key, played)

    def _at_random(self, axes: Axes, cases: Sequence[Case] | None) -> None:
        most = self.exchanges + self.profile.exchanges

        def one(case: Case) -> None:
            if self.exchanges < most:
                self._note(self._try(case))

        if cases is None:
            random_cases(self.cell.name, self.profile, axes, one, self._failing)
            return
        for case in variation.mixed(self.cell.name, self.profile, axes, cases):
            if not self._failing():
                one(case)

    def _failing(self) -> bool:
        return any(self._serious(played) for played in self._failures.values())

    def _serious(self, played: Played) -> bool:
        assert played.problem is not None
        return not self._advice(played) and played.problem.verdict.severity != "advice"

    def _advice(self, played: Played) -> str:
        """Why a finding of this is advice, whatever it says; empty where it is not."""
        varying = played.example.varying
        struck = varying.struck if varying is not None else None
        if self.tolerance == "documented" and struck is not None and struck.grade.word != "documented":
            return UNSEEN_HERE
        return self.advice_only

    def _smallest(self, key: tuple[str, ...], first: Played) -> Finding:
        budget = MOST_SHRINKING
        known: dict[Case, bool] = {}

        def still(candidate: Case) -> bool:
            nonlocal budget
            if candidate not in known:
                if budget <= 0:
                    return False
                budget -= 1
                known[candidate] = self._fails_as(key, self._try(candidate))
            return known[candidate]

        if not still(first.case):
            return self._finding(first, {}, LEFT_BEHIND)
        small = shrink(first.case, self._axes, still)
        budget = MOST_SHRINKING  # anew: what explaining left out for want of tries would be told as harmless
        explained = explain(small, {name: axis for name, axis in self._wider.items() if name != "variation"}, still)
        explained |= self._explained_variation(small, key)
        played = self._try(small)
        if self._fails_as(key, played):
            return self._finding(played, explained)
        return self._finding(first, explained, LEFT_BEHIND)

    def _explained_variation(self, small: Case, key: tuple[str, ...]) -> dict[str, str]:
        """Which variations of the same case failed alike when they were tried."""
        if "variation" not in self._axes:
            return {}
        if not small.variation:
            return {"variation": "any"}
        tried = [small.but({"variation": value}) for value in self._axes["variation"].values]
        alike = [str(case.variation) for case in tried if self._failed.get(case) == key and case != small]
        more = len(alike) + 1 - MOST_NAMED
        named = ", ".join((small.variation, *alike[: MOST_NAMED - 1]))
        return {"variation": f"only {named}" + (f" and {more} more" if more > 0 else "")}

    def _fails_as(self, key: tuple[str, ...], played: Played) -> bool:
        return played.problem is not None and sameness(played.example, played.problem) == key

    def _finding(self, played: Played, explained: dict[str, str], note: str = "") -> Finding:
        assert played.problem is not None
        found = finding_of(
            self.cell, self._axes, played.case, played.example, played.problem, explained, self._advice(played)
        )
        return msgspec.structs.replace(found, note="; ".join(filter(None, (found.note, note))))
