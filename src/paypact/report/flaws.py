"""Flaws: findings of the same mistake together, since one place in the code fails for many cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from paypact.report.model import Finding


@dataclass(frozen=True)
class Flaw:
    """The finding that stands for it, and the others."""

    first: Finding
    others: tuple[Finding, ...]

    @property
    def all(self) -> tuple[Finding, ...]:
        return (self.first, *self.others)


def flaws(findings: Iterable[Finding]) -> list[Flaw]:
    """Findings of the same flaw together, in the order of the first of each."""
    grouped: dict[tuple[object, ...], list[Finding]] = {}
    for each in findings:
        place = (each.line.file, each.line.function) if each.line else ()
        kind = each.exception.partition(":")[0]
        key = (each.integration, each.promise, each.severity, each.cause, each.operation, each.clause, kind, place)
        grouped.setdefault(key, []).append(each)
    return [Flaw(first, tuple(others)) for first, *others in grouped.values()]
