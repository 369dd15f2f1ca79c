"""Owners: who answers for a file or an integration, by `[tool.paypact.owners]`, else by the repository's CODEOWNERS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Final

PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


def owner(root: Path, settings: Mapping[str, str], *, integration: str, files: tuple[str, ...]) -> str:
    """The owner of the first of these files that has one; empty: nobody is named.

    `settings` maps patterns of integrations or of files to an owner; the most exact one, which is the longest, wins.
    """
    for name in (integration, *files):
        fitting = [pattern for pattern in settings if fnmatchcase(name, pattern)]
        if fitting:
            return settings[max(fitting, key=len)]
    rules = codeowners(root)
    for file in files:
        for pattern, owners in reversed(rules):  # the last rule that matches holds
            if _regex(pattern).match(file):
                return owners
    return ""


def codeowners(root: Path) -> list[tuple[str, str]]:
    """The rules of the first CODEOWNERS file, in their order: pattern, owners."""
    file = next((root / place for place in PLACES if (root / place).is_file()), None)
    lines = file.read_text("utf-8", errors="replace").splitlines() if file else []
    rules = [line.partition(" #")[0].split() for line in lines if not line.startswith(("#", "[", "^["))]
    return [(words[0], " ".join(words[1:])) for words in rules if words]


@lru_cache(maxsize=512)
def _regex(pattern: str) -> re.Pattern[str]:
    """The files that a pattern of CODEOWNERS names, relative to the repository.

    As of gitignore files: a slash before the end ties it to the root, a folder means all below it, `*` stays within a
    folder, `**` does not. Unlike there, a pattern that ends in `/*` means the files of that folder alone.
    """
    tied = "/" in pattern.rstrip("/")
    body = pattern.strip("/")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", body)
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    below = "/.*" if pattern.endswith("/") else "" if body.endswith("/*") else "(?:/.*)?"
    head = "" if tied else "(?:.*/)?"
    return re.compile(head + "".join(words.get(part, re.escape(part)) for part in parts) + below + r"\Z")
