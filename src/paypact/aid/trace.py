"""Stack traces as logs hold them: behind a prefix, between other lines, or as one escaped line of JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass

from paypact.errors import UsageError

_HEAD = "Traceback (most recent call last):"
_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)(, in (?P<function>[^\s,]+))?')
_RAISED = re.compile(r"(?P<kind>[^\W\d]\w*(\.[^\W\d]\w*)*)(: (?P<message>.*))?")
_QUOTED = re.compile(r"""(?P<quote>['"])(?P<word>[^'"]{2,64})(?P=quote)""")
_WORDS_AFTER = ("Exception", "Error", "Warning", "Timeout", "Interrupt", "Exit")  # what exception names end with


@dataclass(frozen=True)
class Frame:
    """One line of a stack."""

    file: str
    line: int
    function: str


@dataclass(frozen=True)
class Trace:
    """One raised exception with its stack, outermost first. `kind` is the bare name of its class."""

    frames: tuple[Frame, ...]
    kind: str
    message: str

    @property
    def words(self) -> tuple[str, ...]:
        """What the message quotes: a brand, a code, a key that was not there."""
        return tuple(dict.fromkeys(match["word"] for match in _QUOTED.finditer(self.message)))


def traces(text: str, name: str) -> list[Trace]:
    """Every stack trace in a text, in its order: of chained exceptions the last is the one that came out.

    Raises:
        UsageError: there is none.
    """
    if text.count("\n") <= text.count("\\n"):  # a line of JSON, as many loggers write it
        text = text.replace("\\n", "\n").replace('\\"', '"')
    before, *parts = text.split(_HEAD)
    found = []
    for part in parts:
        trace = _trace(part, before.rpartition("\n")[2])
        found += [trace] if trace.frames else []
        before = part
    if not found:
        raise UsageError(
            f"explain: there is no Python stack trace in {name}: it needs the lines from {_HEAD!r} to the exception"
        )
    return found


def _trace(part: str, prefix: str) -> Trace:
    """What stands behind one head: frames, then the line that says what was raised. Lines may share a `prefix`."""
    frames: list[Frame] = []
    for line in part.splitlines()[1:]:
        raw = line.removeprefix(prefix)
        match = _FRAME.search(raw)
        if match:
            frames.append(Frame(match["file"].replace("\\", "/"), int(match["line"]), match["function"] or "<module>"))
            continue
        raised = _RAISED.fullmatch(raw.strip())
        if raised and frames and _is_exception(raised["kind"], raw):
            return Trace(tuple(frames), raised["kind"].rpartition(".")[2], (raised["message"] or "").strip())
    return Trace(tuple(frames), "", "")


def _is_exception(kind: str, raw: str) -> bool:
    """Whether a line names what was raised: by how such names end, or because it is not indented as code is."""
    return kind.endswith(_WORDS_AFTER) or not raw.startswith((" ", "\t"))
