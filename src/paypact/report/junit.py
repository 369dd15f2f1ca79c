"""What a JUnit file says about a cell besides pytest's own: properties that CI systems can filter by."""

from __future__ import annotations

from paypact.cards import schemes
from paypact.report.model import CellResult


def properties(promise: str, integration: str, gateway: str, key: str) -> list[tuple[str, str]]:
    """Known before the cell has run; `scheme` only where the cell is about one."""
    named = [("promise", promise), ("integration", integration), ("gateway", gateway), ("cell", key)]
    return [*named, ("scheme", key)] if key in schemes() else named


def outcome(result: CellResult) -> list[tuple[str, str]]:
    """Known afterwards: the state, and of the worst finding what triage begins with."""
    known: list[tuple[str, str]] = [("state", result.state)]
    for worst in result.findings[:1]:
        known += [("severity", worst.severity), ("cause", worst.cause), ("fingerprint", worst.fingerprint)]
    return known
