"""The text that names one case."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from paypact import replay
from paypact.errors import UsageError
from paypact.replay import Replay

LONG = {"plan": ["capture one half"] * 40}


@pytest.mark.parametrize(
    "case",
    [{}, {"answer": "decline:lost"}, {"answer": "it's", "digits": 7}, LONG],
    ids=["plain", "short", "quoted", "long"],
)
def test_a_command_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: dict[str, Any]) -> None:
    """What a finding prints, a shell takes apart, and `parse` understands: in a file where it is long."""
    monkeypatch.chdir(tmp_path)

    words = shlex.split(replay.command("tests/test_payments.py", "cards[shop.hosted-visa]", case))

    assert words[:2] == ["paypact", "replay"]
    assert replay.parse(words[2]) == Replay("tests/test_payments.py", "cards[shop.hosted-visa]", case)
    assert words[2].startswith(".paypact/cards-") is (case is LONG)


def test_parts() -> None:
    """Place, promise and column; a path may have colons and brackets of its own."""
    read = replay.parse("C:/shop[1]/test_a.py::exactly-once[shop-a-two-orders]{}")

    assert (read.place, read.promise, read.column) == ("C:/shop[1]/test_a.py", "exactly-once", "shop-a-two-orders")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{"schema": 2, "replay": "a.py::p[i-k]"}',
            "replay: case.json has schema 2, this paypact reads 1: upgrade paypact to replay it",
        ),
        ("{", "replay: case.json is no replay file: Input data was truncated"),
        ('{"schema": 1, "replay": "a.py"}', f"replay: case.json names no cell: 'a.py'; {replay.HELP}"),
        ('{"schema": 1}', "replay: case.json is no replay file: Object missing required field `replay`"),
    ],
    ids=["newer", "no JSON", "no cell", "no replay"],
)
def test_files_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, message: str) -> None:
    """A file that cannot be replayed says why."""
    monkeypatch.chdir(tmp_path)
    Path("case.json").write_text(content)

    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        replay.parse("case.json")


def test_broken_json() -> None:
    """The case on the command line is JSON."""
    message = f'replay: the case is no JSON: Expecting value: line 1 column 6 (char 5) in {{"a":}}; {replay.HELP}'

    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        replay.parse('a.py::p[i-k]{"a":}')


def test_a_file_is_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long case lies in a file that a person can read and edit."""
    monkeypatch.chdir(tmp_path)

    name = replay.command("a.py", "p[i-k]", LONG).split()[2]

    assert json.loads(Path(name).read_text()) == {"schema": 1, "replay": "a.py::p[i-k]", "case": LONG}
