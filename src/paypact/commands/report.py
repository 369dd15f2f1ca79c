"""`paypact report`: what is made of results that were written before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from paypact.errors import UsageError
from paypact.report import json, style, terminal
from paypact.report.merge import merge as merged
from paypact.report.model import RunResult
from paypact.report.output import standard_output
from paypact.report.outputs import Outputs


def merge(names: Sequence[str], *, quiet: bool, outputs: Outputs) -> int:
    """Merge results, print and write them as one run would; its exit code.

    Raises:
        PaypactError: a file is no result, or they do not belong together.
    """
    outputs.check()
    result = merged(read(names, leave_out=outputs.json))
    result = msgspec.structs.replace(result, needs=(*result.needs, *read_needs(names, leave_out=outputs.json)))
    with standard_output() as out:
        console = style.console(out)
        outputs.write(result, out)
        if quiet:
            terminal.verdict(result, console)
        else:
            terminal.closing(result, console, html=outputs.html)
    return result.exit_code


def read(names: Sequence[str], *, leave_out: str = "") -> dict[str, RunResult]:
    """The results in these files; of a folder, in every JSON file below it but the one to be written, and needs.

    Raises:
        PaypactError: there is none, or one is no result.
    """
    every = _files(names, leave_out)
    return {file.as_posix(): json.read(str(file)) for file in every if json.read_needs(str(file)) is None}


def read_needs(names: Sequence[str], *, leave_out: str = "") -> tuple[dict[str, Any], ...]:
    """The needs in these files and folders, of each integration."""
    return tuple(needed for file in _files(names, leave_out) for needed in json.read_needs(str(file)) or ())


def _files(names: Sequence[str], leave_out: str) -> list[Path]:
    found: list[Path] = []
    for name in names:
        path = Path(name)
        files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        files = [file for file in files if not leave_out or file.resolve() != Path(leave_out).resolve()]
        if not files:
            raise UsageError(f"there is no JSON file in {name}: name the folder that holds the results")
        found += files
    return found
