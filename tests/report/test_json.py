"""The result as a file."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from paypact.errors import UsageError
from paypact.report import json
from paypact.report.model import CellResult, RunResult

RESULT = RunResult(
    version="0.1.0",
    profile="pr",
    fail_on="belief",
    exit_code=0,
    verdict="1 cell kept its promise",
    integrations=(),
    cells=(CellResult(promise="cards", integration="shop", gateway="tin", cell="visa", state="kept", examples=3),),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Nothing is lost on the way, and nothing but the file is left."""
    target = str(tmp_path / "result.json")

    json.write(RESULT, target)
    json.write(RESULT, target)

    assert json.read(target) == RESULT
    assert os.listdir(tmp_path) == ["result.json"]  # noqa: PTH208 - names are what is compared


def test_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader never meets half a file: what stood there before stays where writing fails."""
    target = tmp_path / "result.json"
    target.write_text("before")

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("paypact.report.files.os.replace", full)

    message = f"the result cannot be written to {target}: No space left on device. Name a file you may write"
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        json.write(RESULT, str(target))
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]
    assert target.read_text() == "before"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"schema": 9}', "{file} has schema 9, this paypact reads 1: upgrade paypact to read it"),
        ('{"schema": 1}', "{file} is no result of paypact: Object missing required field `version`. {way}"),
        ("half", "{file} is no result of paypact: JSON is malformed: invalid character (byte 0). {way}"),
    ],
    ids=["newer", "other", "no JSON"],
)
def test_files_that_are_no_result(tmp_path: Path, content: str, message: str) -> None:
    """The message names the file, what is wrong with it, and the way out."""
    file = tmp_path / "result.json"
    file.write_text(content)
    message = message.format(file=file, way="Name a file that --json wrote, or a folder of them")

    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        json.read(str(file))


def test_the_page_names_every_field() -> None:
    """docs/json.md describes each field of the model, in its own words."""
    from paypact.report import model

    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text("utf-8")
    records = [
        model.RunResult,
        model.Integration,
        model.CellResult,
        model.Finding,
        model.Step,
        model.ExchangeView,
        model.Line,
        model.Coverage,
        model.Acceptance,
        model.Shard,
    ]

    sections = {part.split("`")[1]: part for part in page.split("\n## ")[1:] if part.count("`") > 1}
    missing = [
        f"{record.__name__}.{name}"
        for record in records
        for name in record.__struct_fields__
        if f"`{name}`" not in sections.get(record.__name__, "")
    ]

    assert missing == []
