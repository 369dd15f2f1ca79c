"""A broken table of facts is answered with one message: file, key, what is wrong, what may stand there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

from paypact.errors import DataError
from paypact.tables import load


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at_most: Annotated[int, msgspec.Meta(ge=1)]
    unit: Literal["minor", "major"] = "minor"


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    limits: dict[str, Limit] = {}
    hosts: tuple[str, ...] = ()
    open: bool | None = None


def written(folder: Path, text: bytes) -> Path:
    path = folder / "facts.toml"
    path.write_bytes(text)
    return path


def test_a_sound_file(tmp_path: Path) -> None:
    """What fits is handed back typed, defaults filled in."""
    path = written(tmp_path, b'name = "bank"\nhosts = ["a"]\nlimits.EUR = { at_most = 5 }\n')

    assert load(path, Facts) == Facts("bank", {"EUR": Limit(5, "minor")}, ("a",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            b"",
            "facts.toml, top level: object missing required field `name`; "
            "allowed: name (required), limits, hosts, open",
            id="empty",
        ),
        pytest.param(b"name = 3", "facts.toml, name: expected `str`, got `int`; allowed: text", id="wrong-type"),
        pytest.param(
            b'name = ""\nhosts = "a"',
            "facts.toml, hosts: expected `array`, got `str`; allowed: a list of text",
            id="one-instead-of-a-list",
        ),
        pytest.param(
            b'name = ""\nlimits = 3',
            "facts.toml, limits: expected `object`, got `int`; allowed: a table",
            id="a-value-instead-of-a-table",
        ),
        pytest.param(
            b'name = ""\nopen = "yes"',
            "facts.toml, open: expected `bool | null`, got `str`; allowed: true or false",
            id="optional",
        ),
        pytest.param(
            b'name = ""\nlimits.EUR.at_most = 1\nlimits.JPY.at_most = 0',
            "facts.toml, limits.JPY.at_most: expected `int` >= 1; allowed: a whole number (at least 1)",
            id="out-of-bounds-in-the-second-table",
        ),
        pytest.param(
            b'name = ""\nlimits.EUR = { at_most = 1, unit = "cent" }',
            "facts.toml, limits.EUR.unit: invalid enum value 'cent'; allowed: minor, major",
            id="unknown-word",
        ),
        pytest.param(b"name = ", "facts.toml is not valid TOML: Invalid value (at end of document)", id="no-toml"),
        pytest.param(
            b'name = "\xff"',
            "facts.toml is not valid TOML: 'utf-8' codec can't decode byte 0xff in position 8: invalid start byte",
            id="no-text",
        ),
    ],
)
def test_a_broken_file(tmp_path: Path, text: bytes, message: str) -> None:
    """The message names the innermost key that is wrong, and what it may hold."""
    with pytest.raises(DataError) as caught:
        load(written(tmp_path, text), Facts)

    assert str(caught.value) == message
