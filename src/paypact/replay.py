"""Replay: the text that names one case, `FILE::promise[integration-key]{case as JSON}`, or a file that holds it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from paypact.errors import UsageError
from paypact.report import files

REPLAY_SCHEMA: Final = 1
FOLDER: Final = ".paypact"
LONGEST: Final = 300  # characters of a case that still fit a command line one can read

_NAMED = re.compile(
    r"(?P<place>.+?)::(?P<cell>(?P<promise>[a-z0-9-]+)\[(?P<column>[^\]]+)\])(?P<case>\{.*\})?", re.DOTALL
)
HELP = (
    "write it as a finding prints it: 'FILE::promise[integration-key]{case}', or the file under .paypact/ that it names"
)


@dataclass(frozen=True)
class Replay:
    """One case of one cell; `place` is the file or module that holds the driver."""

    place: str
    cell: str
    case: Mapping[str, Any]

    @property
    def promise(self) -> str:
        return self.cell.partition("[")[0]

    @property
    def column(self) -> str:
        """Integration and key, joined by a hyphen (both may contain hyphens themselves)."""
        return self.cell.partition("[")[2].removesuffix("]")

    def __str__(self) -> str:
        return f"{self.place}::{self.cell}" + (_text(self.case) if self.case else "")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    replay: str
    case: dict[str, Any] = {}


def parse(text: str) -> Replay:
    """What a replay command names.

    Raises:
        UsageError: it is not of that form, its JSON is broken, or its file is missing, broken or of a newer schema.
    """
    match = _NAMED.fullmatch(text)
    if match is None:
        if text.endswith(".json"):
            return _read(Path(text))
        raise UsageError(f"replay: cannot read {text!r}; {HELP}")
    try:
        case = json.loads(match["case"] or "{}")
    except json.JSONDecodeError as error:
        raise UsageError(f"replay: the case is no JSON: {error} in {match['case']}; {HELP}") from error
    return Replay(match["place"], match["cell"], case)


def command(place: str, cell: str, case: Mapping[str, Any]) -> str:
    """The command that plays exactly this case; a long one is written to a file, which the command then names."""
    short = Replay(place, cell, case)
    if len(str(short)) - len(place) <= LONGEST:
        return f"paypact replay {quoted(str(short))}"
    digest = hashlib.sha256(str(short).encode()).hexdigest()[:12]
    path = Path(FOLDER) / f"{short.promise}-{digest}.json"
    path.parent.mkdir(exist_ok=True)
    content = {"schema": REPLAY_SCHEMA, "replay": f"{place}::{cell}", "case": case}
    files.replace(str(path), json.dumps(content, indent=1, sort_keys=True).encode() + b"\n")
    return f"paypact replay {path.as_posix()}"


def _read(path: Path) -> Replay:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"replay: {path} cannot be read: {error.strerror}; {HELP}") from error
    try:
        schema = msgspec.json.decode(raw, type=dict[str, Any]).get("schema")
        if isinstance(schema, int) and schema > REPLAY_SCHEMA:
            raise UsageError(
                f"replay: {path} has schema {schema}, this paypact reads {REPLAY_SCHEMA}: upgrade paypact to replay it"
            )
        file = msgspec.json.decode(raw, type=_File)
    except msgspec.DecodeError as error:
        raise UsageError(f"replay: {path} is no replay file: {error}") from error
    named = _NAMED.fullmatch(file.replay)
    if named is None:
        raise UsageError(f"replay: {path} names no cell: {file.replay!r}; {HELP}")
    return Replay(named["place"], named["cell"], file.case)


def _text(case: Mapping[str, Any]) -> str:
    return json.dumps(case, separators=(",", ":"), sort_keys=True)


def quoted(text: str) -> str:
    """One word of a POSIX shell, always in quotes: braces and brackets mean something to it."""
    return "'" + text.replace("'", "'\"'\"'") + "'"
