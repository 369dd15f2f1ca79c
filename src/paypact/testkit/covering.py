"""The covering array: every value of every axis once, and every pair of classes that can meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product

import covertable  # type: ignore[import-untyped]  # ships no types

from paypact.testkit.case import Axes, Case, Value, plain

_DIGITS = 10_000
_STRIDE = 997  # between the digits of one turn and those of the next


def rows(axes: Axes, part: int = 0, parts: int = 1, turn: int = 0, *, plainly: str = "") -> list[Case]:
    """Cases that cover all pairs of classes, each class spelled by its values in turn.

    Long lists of values (currencies, decline reasons) are shared out: this is cell number `part` of `parts`, and
    together the cells of a promise use every value once. Values that a cell does not share it uses all.

    Another `turn` covers the same pairs by other values of their classes, and with other digits.

    `plainly` names an axis: all pairs of the others meet while it is plain, not only anywhere. What is wrong in one
    operation alone, and there on two conditions, is then met as well.
    """
    base = plain(axes)
    classes = {name: axis.classes() for name, axis in axes.items()}
    cases = [base]
    factors = {name: list(words) for name, words in classes.items() if len(words) > 1}
    for number, row in enumerate(_pairwise(factors) if plainly not in factors else _plainly(factors, plainly)):
        spelled = {name: classes[name][row.get(name) or next(iter(classes[name]))] for name in axes}
        values = {name: choice[(number + part + turn) % len(choice)] for name, choice in spelled.items()}
        cases.append(base.but({**values, "digits": (number + turn * _STRIDE) % _DIGITS}))
    for number, extra in enumerate(_unused(cases, axes, part, parts)):
        cases.append(cases[(1 + number) % len(cases)].but(extra))
    return list(dict.fromkeys(cases))


def _pairwise(factors: dict[str, list[str]]) -> list[dict[str, str]]:
    if len(factors) < 2:
        return [{name: word} for name, words in factors.items() for word in words]
    chosen: list[dict[str, str]] = covertable.make(factors, strength=2)
    chosen.sort(key=lambda row: sum(factors[name].index(word) for name, word in row.items()))  # plainest first
    return chosen


def _plainly(factors: dict[str, list[str]], axis: str) -> list[dict[str, str]]:
    others = {name: words for name, words in factors.items() if name != axis}  # a row without the axis has it plain
    return [*_pairwise(others), *(row for row in _pairwise(factors) if row[axis] != factors[axis][0])]


def _unused(cases: list[Case], axes: Axes, part: int, parts: int) -> list[dict[str, Value]]:
    """The values of this cell's share that no row has used yet, one of each axis at a time."""
    missing = {}
    for name, axis in axes.items():
        used = {getattr(case, name) for case in cases}
        due = axis.values[part::parts] if axis.shared else axis.values
        missing[name] = [value for value in due if value not in used]
    most = max((len(left) for left in missing.values()), default=0)
    return [{name: left[place] for name, left in missing.items() if place < len(left)} for place in range(most)]


def pairs(case: Case, axes: Axes) -> Iterator[str]:
    """The pairs of classes that a case meets, as `axis=class & axis=class`."""
    classes = [f"{name}={axis.classify(getattr(case, name))}" for name, axis in axes.items()]
    for one, other in combinations(classes, 2):
        yield f"{one} & {other}"


def possible(axes: Axes) -> set[str]:
    """All pairs of classes there are."""
    named = [[f"{name}={word}" for word in axis.classes()] for name, axis in axes.items()]
    return {f"{one} & {other}" for first, second in combinations(named, 2) for one, other in product(first, second)}


def values(cases: Iterable[Case], axes: Axes) -> dict[str, tuple[str, ...]]:
    """The values of each axis that the cases used."""
    used: dict[str, dict[str, None]] = {name: {} for name in axes}
    for case in cases:
        for name in axes:
            used[name][str(getattr(case, name))] = None
    return {name: tuple(words) for name, words in used.items()}
