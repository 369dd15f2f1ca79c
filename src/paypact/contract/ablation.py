"""Ablation: which fields of one reply an integration needs, found by taking each away and looking for a difference.

A field is needed where dropping it, nulling it or changing its value makes the integration say or do something else.
What lies below a field that is not needed goes with it. At the end all that is not needed is dropped at once: where two
fields stand in for each other, dropping either changes nothing and dropping both does, and the later one is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from paypact.contract.model import Need, Read
from paypact.contract.paths import Path, dotted
from paypact.contract.trace import Step, Symbols, Trace
from paypact.world.variations import Variation
from paypact.world.wire import UNSEEN_WORD, Kind

Play = Callable[[Collection[str]], Trace]  # the trace of the same case with these variations of the reply
_OTHER: Final[tuple[Kind, ...]] = ("unseen", "other", "empty")  # another value; a field has one of them
_KINDS: Final = {str: "text", bool: "yes or no", int: "number", float: "number", dict: "object", list: "list"}
MOST_SHOWN: Final = 160
STANDS_IN: Final = "nothing, while another field stands in for it or keeps its usual value"


@dataclass
class Found:
    """What one reply was found to be needed for."""

    needs: dict[Path, Need] = field(default_factory=dict)
    unneeded: list[Path] = field(default_factory=list)
    together: bool = True


class Ablation:
    """Takes one reply apart.

    `reply` is plain data as the gateway sent it, `possible` its variations, illegal ones included. `symbols` are the
    values of the undisturbed play, whose trace is `usual`.
    """

    def __init__(self, reply: Any, possible: Sequence[Variation], play: Play, usual: Trace, symbols: Symbols) -> None:
        self.reply, self.play, self.usual, self.symbols = reply, play, usual, symbols
        self.of: dict[Path, dict[Kind, str]] = {}
        for each in possible:
            if each.kind not in ("extra", "arm"):
                self.of.setdefault(each.path, {})[each.kind] = str(each)

    def found(self, known: Collection[str] = ()) -> Found:
        """Find all needs. What is `known` not to be missed elsewhere is dropped in halves instead of one by one."""
        result = Found()
        likely = [path for path in self.of if dotted(path) in known and "absent" in self.of[path]]
        missed = set(self._guilty(likely, dict.fromkeys(likely, "absent")))
        result.unneeded = [path for path in likely if path not in missed]
        self._alone(result)
        self._gently(result)
        self._together(result)
        for path in list(result.needs):
            result.needs[path] = self._read(path)
        return result

    # --- the search ---------------------------------------------------------------------------------------------

    def _alone(self, result: Found) -> None:
        """Each field dropped alone; below a field that nobody misses nothing is looked for."""
        for path, kinds in self.of.items():
            if "absent" not in kinds or any(path[: len(gone)] == gone for gone in result.unneeded):
                continue
            if self._matters(kinds["absent"]):
                result.needs[path] = Need(field=dotted(path), read="presence")
            else:
                result.unneeded.append(path)

    def _gently(self, result: Found) -> None:
        """What is not missed may still be read: null, or another value in its place. In halves, as it rarely is."""
        rest = [path for path in self.of if path not in result.needs]
        null: dict[Path, Kind] = {path: "null" for path in rest if "null" in self.of[path]}
        other: dict[Path, Kind] = {path: kind for path in rest for kind in _OTHER if kind in self.of[path]}
        for change in (null, other):
            for path in self._guilty(list(change), change):
                for place in (path[:length] for length in range(1, len(path) + 1)):
                    if place in self.of and place not in result.needs:
                        result.needs[place] = Need(field=dotted(place), read="presence")
        result.unneeded = self._outermost(result)

    def _guilty(self, paths: Sequence[Path], kinds: Mapping[Path, Kind]) -> Iterator[Path]:
        """Those of these fields whose change matters, each changed in its way; fields within others come after them."""
        within = {path for path in paths if any(path[:length] in kinds for length in range(1, len(path)))}
        outer, inner = [path for path in paths if path not in within], [path for path in paths if path in within]
        if outer and self._matters(*(self.of[path][kinds[path]] for path in outer)):
            if len(outer) == 1:
                yield outer[0]
            else:
                half = len(outer) // 2
                yield from self._guilty(outer[:half], _of(kinds, outer[:half]))
                yield from self._guilty(outer[half:], _of(kinds, outer[half:]))
        if inner:
            yield from self._guilty(inner, _of(kinds, inner))

    def _together(self, result: Found) -> None:
        """All that is not needed, gone at once; where that matters, one after the other, keeping what is missed."""
        if not result.unneeded or not self._matters(*self._drops(result.unneeded)):
            return
        result.together = False
        gone: list[Path] = []
        for path in result.unneeded:
            if self._matters(*self._drops([*gone, path])):
                result.needs[path] = Need(field=dotted(path), read="presence")
                inner = [p for p in self.of if p != path and p[: len(path)] == path and "absent" in self.of[p]]
                for each in inner:
                    if any(each[: len(other)] == other for other in gone):
                        continue
                    if self._matters(*self._drops([*gone, each])):
                        result.needs[each] = Need(field=dotted(each), read="presence")
                    else:
                        gone.append(each)
            else:
                gone.append(path)
        result.unneeded = gone

    def _drops(self, paths: Sequence[Path]) -> list[str]:
        return [self.of[path]["absent"] for path in paths]

    def _outermost(self, result: Found) -> list[Path]:
        """What is not needed, each field whose parent is: the rest goes with its parent."""
        rest: list[Path] = []
        for path, kinds in self.of.items():
            if path in result.needs or "absent" not in kinds:
                continue
            if not any(path[: len(gone)] == gone for gone in rest):
                rest.append(path)
        return rest

    def _matters(self, *changes: str) -> bool:
        return self._departure(changes) is not None

    def _departure(self, changes: Collection[str]) -> tuple[Step | None, Step | None] | None:
        return self.usual.departs(self.play(changes))

    # --- how it is read -----------------------------------------------------------------------------------------

    def _read(self, path: Path) -> Need:
        kinds, held = self.of[path], self._held(path)
        told = {kind: self._departure([kinds[kind]]) for kind in ("absent", "null", *_OTHER) if kind in kinds}
        other = next((told[kind] for kind in ("unseen", "other") if told.get(kind)), None)
        read: Read = "presence"
        if other is not None:
            read = self._use(held, other)
        elif not isinstance(held, dict | list) and "retyped" in kinds and self._matters(kinds["retyped"]):
            read = "type"
        mine = self.symbols.canonical(held) if isinstance(held, str) else held
        return Need(
            field=dotted(path),
            read=read,
            value=held if read == "value" and mine == held else None,
            kind=_KINDS.get(type(held), "null"),
            without=effect(told.get("absent")) or STANDS_IN,
            null=effect(told.get("null")),
            other=effect(other),
        )

    def _use(self, held: Any, departed: tuple[Step | None, Step | None]) -> Read:
        """Whether another value only went where the value would have gone, or changed what was done."""
        before, after = departed
        if before is None or after is None or before.kind not in ("request", "outcome", "order"):
            return "value"
        old = self.symbols.canonical(held) if isinstance(held, str) else str(held)
        new = UNSEEN_WORD if isinstance(held, str) else str(not held if isinstance(held, bool) else held + 1)
        if before.kind == after.kind and before.text.replace(old, new) == after.text and old in before.text:
            return "next request" if before.kind == "request" else "handed on"
        return "value"

    def _held(self, path: Path) -> Any:
        held = self.reply
        for part in path:
            held = held[part]
        return held


def _of(kinds: Mapping[Path, Kind], paths: Sequence[Path]) -> dict[Path, Kind]:
    return {path: kinds[path] for path in paths}


def effect(departed: tuple[Step | None, Step | None] | None) -> str:
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
    if instead.text.startswith("crash with "):
        return f"{instead.who} crashes with {_short(instead.text.removeprefix('crash with '))}"
    return f"{instead.who} answers {_short(instead.text)}"


def _line(step: Step) -> str:
    return _short(step.text.partition("\n")[0].partition("?")[0])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else f"{line[:MOST_SHOWN]}…"
