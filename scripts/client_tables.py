"""Write what each client set-up does under each fault into docs/clients.md: `python scripts/client_tables.py`.

The tables are those that the tests hold every set-up to, in process and over real sockets.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "clients.md"
MATRICES = {"libraries": "tests/hosts/test_clients.py", "sdk": "tests/gateways/stripe/test_clients.py"}


def matrix(path: str) -> ModuleType:
    """The test module that holds a matrix, loaded by path."""
    spec = importlib.util.spec_from_file_location(f"matrix_{Path(path).parent.name}", ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def markdown(held: ModuleType) -> str:
    """One line for each set-up and fault: calls, waits, and what the caller gets."""
    lines = ["| set-up | fault | calls | waits | the caller gets |", "|---|---|---|---|---|"]
    for client, cases in held.EXPECTED.items():
        name = client.__name__.replace("_", " ")
        for case, (calls, waits, told) in cases.items():
            lines.append(f"| {name} | {case} | {calls} | {_waits(waits)} | {_told(told)} |")
    return "\n".join(lines)


def _waits(waits: Any) -> str:
    if isinstance(waits, list):
        return ", ".join(f"{wait:g} s" for wait in waits) or "none"
    return {0: "none", 1: "one"}.get(waits, str(waits))


def _told(told: Any) -> str:
    if not isinstance(told, type):
        return str(told)
    return f"`{told.__module__.partition('.')[0]}.{told.__name__}`"


def written(text: str) -> str:
    """The page with each table between its markers as the tests have it now."""
    for name, path in MATRICES.items():
        marked = re.compile(rf"(<!-- clients: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        table = markdown(matrix(path))
        text = marked.sub(lambda match, table=table: f"{match[1]}{table}\n{match[2]}", text)
    return text


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
