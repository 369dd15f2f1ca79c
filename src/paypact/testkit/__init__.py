"""What suites import: cells, cases, exploring, the oracle, and how a failure is said."""

from __future__ import annotations

from paypact.testkit.case import Axis, Case, PlanAxis
from paypact.testkit.cell import Cell, cells, run_cell
from paypact.testkit.example import Example
from paypact.testkit.explore import Exploration
from paypact.testkit.promise import Promise, promise
from paypact.testkit.target import Target
from paypact.testkit.told import Told

__all__ = [
    "Axis",
    "Case",
    "Cell",
    "Example",
    "Exploration",
    "PlanAxis",
    "Promise",
    "Target",
    "Told",
    "cells",
    "promise",
    "run_cell",
]
