"""`paypact contract write` and `paypact contract check`: the Pact files of integrations, made and compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from paypact.contract import documents
from paypact.contract.check import differences
from paypact.contract.needs import Study
from paypact.contract.pact import Writer
from paypact.contract.studies import studied
from paypact.contract.targets import driven
from paypact.errors import UsageError
from paypact.processes import number
from paypact.report import files, style
from paypact.report.output import standard_output
from paypact.report.page import Page
from paypact.report.style import data
from paypact.testkit.target import Target

KEPT, DIFFERENT = 0, 1


def file_of(folder: str, target: Target) -> Path:
    """Where the contract of an integration stands: `contracts/<gateway>/<integration>.json`."""
    name = re.sub(r"[^\w.-]", "-", target.name)
    return Path(folder) / target.scope.gateway / f"{name}.json"


@dataclass(frozen=True)
class Written:
    """The contract of one integration, as it is today."""

    content: bytes
    notes: tuple[str, ...]

    @property
    def document(self) -> dict[str, Any]:
        """The Pact document."""
        found: dict[str, Any] = msgspec.json.decode(self.content)
        return found


def written(study: Study) -> Written:
    """Write the contract of what was found, and what has no place in it."""
    writer = Writer(study)
    return Written(writer.bytes(), tuple(dict.fromkeys(writer.notes)))


def write(paths: Sequence[str], *, integrations: Sequence[str], folder: str, workers: str) -> int:
    """Write the contract of each integration; 0.

    Raises:
        PaypactError: nothing can be driven or written; files are written whole or not at all.
    """
    with driven(paths, integrations) as targets, standard_output() as out:
        page = Page(style.console(out))
        into = [file_of(folder, target) for target in targets]
        for file in into:
            files.make_folder(file.parent, "Name another with --out")
            files.check(str(file))
        for file, made in zip(into, studied(paths, targets, written, number(workers)), strict=True):
            same = file.is_file() and file.read_bytes() == made.content
            files.replace(str(file), made.content)
            _say(page, made, f"{file} {'is as it was' if same else 'written'}: {_count(made)}")
    return KEPT


def check(paths: Sequence[str], *, integrations: Sequence[str], folder: str, workers: str) -> int:
    """Compare each committed contract with what the code needs today; 1 where one differs or is missing.

    Raises:
        PaypactError: nothing can be driven, or a file cannot be read.
    """
    code = KEPT
    with driven(paths, integrations) as targets, standard_output() as out:
        page = Page(style.console(out))
        committed = {target: _committed(file_of(folder, target)) for target in targets}
        made_of = studied(paths, targets, written, number(workers))
        for (target, before), made in zip(committed.items(), made_of, strict=True):
            file = file_of(folder, target)
            if before is None:
                code = DIFFERENT
                page.line(data(f"{file} is missing: paypact contract write", "bold red"))
                continue
            found = differences(before, made.document)
            if not found and file.read_bytes() != made.content:
                found = ["the same contract, in other bytes: it was formatted by something else"]
            if found:
                code = DIFFERENT
                page.line(data(f"{file} is not what {target.name} needs today:", "bold red"))
                for line in found:
                    page.whole(data(f"   {line}"))
                page.line(data("look at the differences, then: paypact contract write"))
            else:
                _say(page, made, f"{file} is what {target.name} needs: {_count(made)}")
    return code


def _committed(file: Path) -> dict[str, Any] | None:
    """The document in a file; None where there is no file."""
    if not file.exists():
        return None
    try:
        text = file.read_bytes()
    except OSError as error:
        raise UsageError(f"contract {file} cannot be read: {error.strerror}. Name another folder with --out") from error
    documents.contract(str(file), text)  # says what is wrong with it
    found: dict[str, Any] = msgspec.json.decode(text)
    return found


def _count(made: Written) -> str:
    kinds = [each["type"] for each in made.document["interactions"]]
    messages = kinds.count("Asynchronous/Messages")
    said = f"{len(kinds) - messages} interactions"
    return f"{said}, {messages} webhooks" if messages else said


def _say(page: Page, made: Written, line: str) -> None:
    page.line(data(line))
    for note in made.notes:
        page.line(data(f"left out: {note}", "dim"))
