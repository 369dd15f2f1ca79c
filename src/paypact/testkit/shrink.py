"""From any failing case to the plainest one that still fails the same way, and to what it takes to fail."""

from __future__ import annotations

from collections.abc import Callable

from paypact.testkit.case import Axes, Case, PlanAxis

Fails = Callable[[Case], bool]


def shrink(case: Case, axes: Axes, fails: Fails) -> Case:
    """Move axis by axis towards the first (plainest) value that still fails."""
    smaller = True
    while smaller:
        smaller = False
        if case.digits and fails(case.but({"digits": 0})):
            case = case.but({"digits": 0})
        for name, axis in axes.items():
            for value in axis.simpler(getattr(case, name)):
                candidate = case.but({name: value})
                if fails(candidate):
                    case, smaller = candidate, True
                    break
    return case


def explain(case: Case, axes: Axes, fails: Fails, *, most: int = 12) -> dict[str, str]:
    """For each axis: which of its values fail as well, as `any`, or `only a, b`.

    At most `most` values an axis are tried; where it has more, `only a, b (of 12 tried)` leaves the others open.
    """
    said = {}
    for name, axis in axes.items():
        if len(axis.values) < 2 or isinstance(axis, PlanAxis):
            continue
        now = getattr(case, name)
        others = [value for value in _spread(axis.values, most) if value != now]
        failing = [value for value in others if fails(case.but({name: value}))]
        if len(failing) == len(others):
            said[name] = "any"
            continue
        said[name] = "only " + ", ".join(str(value) for value in axis.values if value == now or value in failing)
        if len(others) < len(axis.values) - 1:
            said[name] += f" (of {len(others) + 1} tried)"
    return said


def _spread(values: tuple[object, ...], most: int) -> list[object]:
    if len(values) <= most:
        return list(values)
    step = len(values) / most
    return [values[int(place * step)] for place in range(most)]
