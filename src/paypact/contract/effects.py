"""Effects: what an integration does instead, in one sentence, where it does something else."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from paypact.contract.trace import CRASH, Step

Departure: TypeAlias = tuple[Step | None, Step | None] | None  # the first step that differs, as it was and as it is
MOST_SHOWN: Final = 160  # characters of what was said


def effect(departed: Departure) -> str:
    """What happens instead, in one sentence."""
    if departed is None:
        return ""
    usual, instead = departed
    if instead is None:
        assert usual is not None
        what = f"sends no {_line(usual)}" if usual.kind == "request" else "says nothing more"
        return f"{usual.who} {what}"
    if instead.kind == "request":
        again = usual is not None and usual.kind == "request" and _line(usual) == _line(instead)
        return f"{instead.who} sends {_line(instead)}{' with something else in it' if again else ''}"
    if instead.kind == "webhook":
        return f"the webhook {instead.who} is answered {_short(instead.text)}"
    if instead.kind == "order":
        return f"the order reads {_short(instead.text)}"
    if instead.text.startswith(CRASH):
        return f"{instead.who} crashes with {_short(instead.text.removeprefix(CRASH))}"
    return f"{instead.who} answers {_short(instead.text)}"


def named(field: str, departed: Departure) -> bool:
    """Whether what happens instead is a crash that speaks of this field."""
    instead = departed[1] if departed is not None else None
    if instead is None or not instead.text.startswith(CRASH):
        return False
    return re.search(rf"\b{re.escape(field)}\b", instead.text) is not None


def _line(step: Step) -> str:
    return _short(step.text.partition("\n")[0].partition("?")[0])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else f"{line[:MOST_SHOWN]}…"
