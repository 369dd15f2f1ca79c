"""The result as JSON, schema 1: docs/json.md describes every field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from paypact.errors import UsageError
from paypact.report import files
from paypact.report.model import SCHEMA, RunResult

_NAME_ONE = "Name a file that --json wrote, or a folder of them"


def write(result: RunResult, target: str) -> None:
    """Write the whole file or nothing: who reads it never sees half of it.

    Raises:
        UsageError: the file cannot be written.
    """
    write_record(result, target)


def write_record(record: msgspec.Struct, target: str) -> None:
    """Write any result as indented JSON, the whole file or nothing.

    Raises:
        UsageError: the file cannot be written.
    """
    files.replace(target, msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


def read(source: str) -> RunResult:
    """A result that `write` wrote.

    Raises:
        UsageError: it cannot be read, is no result, or has a newer schema.
    """
    try:
        raw = Path(source).read_bytes()
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror}. {_NAME_ONE}") from error
    try:
        schema = msgspec.json.decode(raw, type=_Head).schema
        if schema > SCHEMA:
            raise UsageError(f"{source} has schema {schema}, this paypact reads {SCHEMA}: upgrade paypact to read it")
        return msgspec.json.decode(raw, type=RunResult)
    except msgspec.DecodeError as error:
        raise UsageError(f"{source} is no result of paypact: {error}. {_NAME_ONE}") from error


def read_needs(source: str) -> tuple[dict[str, Any], ...] | None:
    """What `paypact needs --json` wrote of each integration; None where the file is something else."""
    try:
        document = msgspec.json.decode(Path(source).read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    known = isinstance(document, dict) and "integrations" in document and "cells" not in document
    return tuple(document["integrations"]) if known else None


class _Head(msgspec.Struct):
    schema: int
