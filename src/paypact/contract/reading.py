"""Reading a contract file: whatever is wrong with it is one message that names the file and the way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from paypact.errors import UsageError

MOST: int = 64 * 1024 * 1024  # bytes; no contract is larger


def read(file: str | Path) -> dict[str, Any]:
    """A Pact document with interactions or, before version 4, messages.

    Raises:
        UsageError: it cannot be read, or is no Pact.
    """
    path = Path(file)
    try:
        if path.stat().st_size > MOST:
            raise UsageError(f"{file} is larger than {MOST // 1024 // 1024} MB, which no contract is")
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}. Name a Pact file") from error
    except ValueError as error:
        raise UsageError(f"{file} is no JSON, or was cut off: {error}. Write it anew, or name a Pact file") from error
    except RecursionError as error:
        raise UsageError(f"{file} is nested too deeply to be a Pact. Name a Pact file") from error
    if not isinstance(document, dict) or not {"consumer", "provider"} <= document.keys():
        raise UsageError(f"{file} is no Pact: it has no consumer and provider. Name a Pact file")
    for side in ("consumer", "provider"):
        if not isinstance(document[side], dict) or not isinstance(document[side].get("name"), str):
            raise UsageError(f"{file} is no Pact: its {side} has no name. Name a Pact file")
    entries = document.get("interactions", document.get("messages"))
    if not isinstance(entries, list) or any(
        not isinstance(each, dict) or "description" not in each for each in entries
    ):
        raise UsageError(f"{file} is no Pact: it has no list of interactions with descriptions. Name a Pact file")
    return document


def version(document: dict[str, Any]) -> str:
    """The version of the Pact specification that a document follows; empty where it does not say."""
    metadata = document.get("metadata", {})
    found = metadata.get("pactSpecification", metadata.get("pact-specification", {}))
    return str(found.get("version", "")) if isinstance(found, dict) else ""
