"""The documentation says what the code holds."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_SPEC = importlib.util.spec_from_file_location("oracle_tables", ROOT / "scripts" / "oracle_tables.py")
assert _SPEC is not None
assert _SPEC.loader is not None
oracle_tables = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(oracle_tables)


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.stem)
def test_tables_in_the_documentation_are_those_of_the_code(page: Path) -> None:
    """Running scripts/oracle_tables.py would change no page."""
    text = page.read_text("utf-8")

    assert oracle_tables.written(text) == text


def test_every_table_is_documented() -> None:
    """docs/oracle.md has a marker for each table of the oracle."""
    text = (ROOT / "docs" / "oracle.md").read_text("utf-8")

    assert [name for name in oracle_tables.TABLES if f"<!-- table: {name} -->" not in text] == []
