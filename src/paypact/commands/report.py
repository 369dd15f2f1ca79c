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
    results, needs = read(names, leave_out=outputs.json)
    result = merged(results)
    result = msgspec.structs.replace(result, needs=(*result.needs, *needs))
    with standard_output() as out:
        outputs.write(result, out)
        terminal.closing(result, style.console(out), html=outputs.html, quiet=quiet)
    return result.exit_code


def read(names: Sequence[str], *, leave_out: str = "") -> tuple[dict[str, RunResult], list[dict[str, Any]]]:
    """The results in these files, and what `paypact needs` wrote of each integration.

    Of a folder, every JSON file below it counts but the one that is to be written, `leave_out`.

    Raises:
        PaypactError: there is no file, or one is neither.
    """
    results: dict[str, RunResult] = {}
    needs: list[dict[str, Any]] = []
    for file in _files(names, leave_out):
        needed = json.read_needs(str(file))
        if needed is None:
            results[file.as_posix()] = json.read(str(file))
        else:
            needs += needed
    return results, needs


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
