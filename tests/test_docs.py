"""The documentation says what the code holds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


def script(name: str) -> ModuleType:
    """A script of the project, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


oracle_tables, fact_tables, client_tables = map(script, ("oracle_tables", "fact_tables", "client_tables"))


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.stem)
def test_tables_in_the_documentation_are_those_of_the_code(page: Path) -> None:
    """Running scripts/oracle_tables.py or scripts/fact_tables.py would change no page."""
    text = page.read_text("utf-8")

    assert oracle_tables.written(text) == text
    assert fact_tables.written(text) == text


def test_every_table_is_documented() -> None:
    """docs/oracle.md has a marker for each table of the oracle."""
    text = (ROOT / "docs" / "oracle.md").read_text("utf-8")

    assert [name for name in oracle_tables.TABLES if f"<!-- table: {name} -->" not in text] == []


def test_client_matrix_is_the_one_that_is_tested() -> None:
    """Running scripts/client_tables.py would not change docs/clients.md, which has a line for each set-up and fault."""
    text = client_tables.PAGE.read_text("utf-8")
    rows = sum(
        len(cases) for path in client_tables.MATRICES.values() for cases in client_tables.matrix(path).EXPECTED.values()
    )

    assert client_tables.written(text) == text
    assert sum(line.startswith("| ") for line in text.splitlines()) == rows + len(client_tables.MATRICES)
