"""The documentation says what the code holds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from paypact import gateways
from paypact.gateways import load

ROOT = Path(__file__).parent.parent
HEAD = 2  # lines of a table before its first row


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


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "gateways").glob("*.md")), ids=lambda page: page.stem)
def test_every_fact_is_on_the_page_of_its_gateway(page: Path) -> None:
    """A page has each table that the gateway's facts fill, its own and no other's."""
    facts, text = load(page.stem).facts, page.read_text("utf-8")
    empty = {name for name, made in fact_tables.TABLES.items() if len(made(facts).splitlines()) <= HEAD}
    there = {(match[2], match[3]) for match in fact_tables.MARKED.finditer(text)}

    assert there == {(page.stem, name) for name in set(fact_tables.TABLES) - empty}


def test_every_gateway_has_its_page() -> None:
    """The pages are those of the bundled gateways, and the index of gateways is the folder."""
    folders = {path.parent.name for path in Path(gateways.__file__).parent.glob("*/facts.toml")}

    assert {page.stem for page in (ROOT / "docs" / "gateways").glob("*.md")} == folders


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
