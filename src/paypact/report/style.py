"""How results look in a terminal: colours, squares, and consoles that never take data for markup."""

from __future__ import annotations

import re
import sys
from typing import IO, Final

from rich.console import Console
from rich.text import Text

from paypact.report.model import Cause, Severity, State, Trigger

STATE_STYLE: Final[dict[State, str]] = {
    "defect": "bold magenta",
    "broken": "bold red",
    "advice": "yellow",
    "not covered": "dim",
    "kept": "green",
}
SEVERITY_STYLE: Final[dict[Severity, str]] = {
    "money": "bold white on red",
    "crash": "bold white on red",
    "exposure": "bold white on red",
    "belief": "bold black on yellow",
    "advice": "black on yellow",
}
SQUARES: Final[dict[State, str]] = {"defect": "!", "broken": "✗", "advice": "▲", "not covered": "·", "kept": "■"}
ASCII_SQUARES: Final[dict[State, str]] = {"defect": "!", "broken": "X", "advice": "^", "not covered": "-", "kept": "#"}

CAUSES: Final[dict[Cause, str]] = {
    "integration": "the integration: your code has to change",
    "sdk": "the vendor's SDK: it failed by itself on a legal reply; guard against it, or pin another version",
    "driver": "the driver: the class that calls your code for paypact has to change",
    "environment": "the environment: something that your code needs is not there, such as its database",
}
TRIGGERS: Final[dict[Trigger, str]] = {
    "plain": "nothing but the card: an ordinary payment",
    "answer": "what the bank answered",
    "variation": "a legal change to a reply",
    "fault": "a fault of the network or the gateway",
    "delivery": "how notifications were delivered",
    "interleaving": "what ran at the same time",
}

# Control characters could move the cursor, and bidirectional overrides reorder what a reader sees.
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """`text` with everything that a terminal would obey instead of showing written out."""
    return _UNSAFE.sub(lambda match: match.group().encode("unicode-escape").decode("ascii"), text).expandtabs(4)


def data(text: str, style: str = "") -> Text:
    """User data: never markup, never control codes. What is appended to it has its own style."""
    return Text().append(clean(text), style or None)


def console(file: IO[str] | None = None, *, width: int | None = None, colour: bool | None = None) -> Console:
    """A console for results. `colour` None: as the file, `NO_COLOR` and `FORCE_COLOR` say."""
    return Console(
        file=file,
        width=width,
        markup=False,
        highlight=False,
        emoji=False,
        force_terminal=colour,
        no_color=None if colour is None else not colour,
        color_system="auto" if colour is None else "standard" if colour else None,
    )


def squares(console: Console) -> dict[State, str]:
    """Squares that this console can write."""
    return SQUARES if console.encoding.lower().startswith("utf") else ASCII_SQUARES


def stdout_is_utf8() -> bool:
    """Whether the process's own output can show more than ASCII."""
    return (getattr(sys.__stdout__, "encoding", None) or "ascii").lower().startswith("utf")
