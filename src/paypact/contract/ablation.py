"""Ablation: which fields of replies an integration needs, found by taking each away and looking for a difference.

A field is needed where dropping it, nulling it or changing its value makes the integration say or do something else.
What lies below a field that is not needed goes with it. At the end all that is not needed is dropped at once: where two
fields stand in for each other, dropping either changes nothing and dropping both does, and the later one is kept.

All replies of one story are taken apart together: what is expected to change nothing is then tried in one play for all
of them. The first part of a path is the number of its reply in the story.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, TypeVar

from paypact.contract.effects import Departure, effect, named
from paypact.contract.model import Need, Read
from paypact.contract.paths import Path, dotted, last
from paypact.contract.trace import Step, Symbols, Trace
from paypact.world.variations import Variation
from paypact.world.wire import UNSEEN_WORD, Kind

Change: TypeAlias = tuple[int, Variation]  # of the reply with that number
Play = Callable[[Collection[Change]], Trace]  # the trace of the same case with these changes
How: TypeAlias = Literal["absent", "null", "other", "together"]  # how a change is made that matters
Missed: TypeAlias = tuple[How, Path]  # a change that matters
Quiet: TypeAlias = tuple[Kind, Path]  # one that does not
_K = TypeVar("_K")
_OTHER: Final[tuple[Kind, ...]] = ("unseen", "other", "empty")  # another value; a field has one of them
_GENTLE: Final[Mapping[How, tuple[Kind, ...]]] = {"null": ("null",), "other": _OTHER}
_KINDS: Final = {str: "text", bool: "yes or no", int: "number", float: "number", dict: "object", list: "list"}
STANDS_IN: Final = "nothing, while another field stands in for it or keeps its usual value"


@dataclass
class Found:
    """What one reply was found to be needed for, or what all replies of a story were."""

    needs: dict[Path, Need] = field(default_factory=dict)
    unneeded: list[Path] = field(default_factory=list)
    missed: set[Missed] = field(default_factory=set)  # the changes that mattered
    hollow: set[Path] = field(default_factory=set)  # needed not to be null, but nothing in them: they can be gone
    quiet: set[Quiet] = field(default_factory=set)  # the changes of what is needed that did not matter

    @property
    def together(self) -> bool:
        """Whether nothing changed when all that is missed by nobody alone was gone at once."""
        return not any(how == "together" for how, _ in self.missed)

    @property
    def said(self) -> Mapping[Path, Need]:
        """The needs that a contract has: without those that can be gone, as it has no "not null, if it is there"."""
        return {path: need for path, need in self.needs.items() if path not in self.hollow}

    def of(self, number: int) -> Found:
        """What was found of one reply of a story, with the paths that it has by itself."""
        return Found(
            {path[1:]: need for path, need in self.needs.items() if path[0] == number},
            [path[1:] for path in self.unneeded if path[0] == number],
            {(how, path[1:]) for how, path in self.missed if path[0] == number},
            {path[1:] for path in self.hollow if path[0] == number},
            {(kind, path[1:]) for kind, path in self.quiet if path[0] == number},
        )


@dataclass(frozen=True)
class Expected:
    """What other replies lead to expect of one. It decides what is tried first, and spares tries where it is right.

    `needs` were found of the same reply when the shop went on in another way: they hold, whatever it does now.
    """

    needs: Mapping[Path, Need] = field(default_factory=dict)
    spare: Collection[Path] = ()  # fields that some reply could do without
    alike: Collection[Missed] = ()  # the changes that mattered in the reply that is most like this one
    ever: Collection[Missed] = ()  # the changes that mattered in any reply
    quiet: Collection[Quiet] = ()  # the changes of what is needed that did not matter in the most alike

    @staticmethod
    def of_all(each: Mapping[int, Expected]) -> Expected:
        """What is expected of all replies of a story, by their numbers."""
        return Expected(
            {(number, *path): need for number, one in each.items() for path, need in one.needs.items()},
            {(number, *path) for number, one in each.items() for path in one.spare},
            {(how, (number, *path)) for number, one in each.items() for how, path in one.alike},
            {(how, (number, *path)) for number, one in each.items() for how, path in one.ever},
            {(kind, (number, *path)) for number, one in each.items() for kind, path in one.quiet},
        )


class Ablation:
    """Takes the replies of one story apart.

    `replies` are plain data as the gateway sent it, each with its variations, illegal ones included. `symbols` are the
    values of the undisturbed play, whose trace is `usual`.
    """

    def __init__(
        self,
        replies: Mapping[int, tuple[Any, Sequence[Variation]]],
        play: Play,
        usual: Trace,
        symbols: Symbols,
    ) -> None:
        self.replies, self.play, self.usual, self.symbols = replies, play, usual, symbols
        self.of: dict[Path, dict[Kind, Change]] = {}
        for number, (_, possible) in replies.items():
            for each in possible:
                if each.kind not in ("extra", "arm"):
                    self.of.setdefault((number, *each.path), {})[each.kind] = (number, each)
        self.expected = Expected()
        self._spared: set[str] = set()  # names of fields that one of these replies could do without
        self._here: set[Missed] = set()  # the changes that mattered in one of these replies
        self._played: dict[frozenset[Change], Departure] = {}

    def found(self, expected: Expected | None = None) -> Found:
        """Find all needs. What other replies could do without is dropped in halves, everything else one by one."""
        self.expected = expected or Expected()
        result = Found({path: need for path, need in self.expected.needs.items() if path in self.of})
        known = set(result.needs)
        self._alone(result)
        self._gently(result)
        self._together(result)
        self._quietly(path for path in result.needs if path not in known)
        # in the order of the reply, however they were found
        result.needs = {
            path: result.needs[path] if path in known else self._read(path) for path in self.of if path in result.needs
        }
        result.quiet = {
            (kind, path)
            for path in result.needs
            for kind, change in self.of[path].items()
            if self._played.get(frozenset({change}), change) is None
        }
        return result

    # --- the search ---------------------------------------------------------------------------------------------

    def _alone(self, result: Found) -> None:
        """Each field dropped alone; below a field that nobody misses nothing is looked for."""
        below = [path for path, kinds in self.of.items() if "absent" in kinds]
        drops: dict[Missed, Change] = {("absent", path): self.of[path]["absent"] for path in below}
        while below:
            outer = _outermost(below)
            asked = [path for path in outer if path not in result.needs]
            spare: list[Missed] = []
            for path in asked:
                if path in self.expected.spare or last(path) in self._spared:
                    spare.append(("absent", path))
                elif self._matters([drops["absent", path]]):
                    self._need(result, path, "absent")
                else:
                    self._spared.add(last(path))
            for _, path in self._guilty(spare, drops):
                self._need(result, path, "absent")
            result.unneeded += [path for path in asked if path not in result.needs]
            below = [path for path in below if path not in outer and not _within(path, result.unneeded)]

    def _gently(self, result: Found) -> None:
        """What is not missed may still be read: null, or another value in its place. Rarely, so many at once."""
        changes = {
            (how, path): of[kind]
            for path, of in self.of.items()
            for how, kinds in _GENTLE.items()
            for kind in kinds
            if kind in of
        }
        rest = list(changes)
        while rest := [each for each in rest if each[1] not in result.needs]:
            tried = _compatible(rest)
            for how, path in self._guilty(tried, changes):
                self._need(result, path, how)
            rest = [each for each in rest if each not in tried]
        result.unneeded = self._dropped(path for path in self.of if path not in result.needs)

    def _guilty(
        self, tried: Sequence[Missed], changes: Mapping[Missed, Change], departed: Departure = None
    ) -> Iterator[Missed]:
        """Those of these changes that matter: the likely ones are tried one by one, the others in halves.

        `departed` is what they did all together, where that is known. Each is told by what it does alone: two that
        stand in for each other do something together that neither does.
        """
        likely = [one for one in tried if one in self.expected.alike]
        rest = tried
        while rest:
            likely = list(rest) if len(rest) == 1 else likely
            if likely:
                yield from (one for one in likely if self._matters([changes[one]]))
                rest, likely, departed = [one for one in rest if one not in likely], [], None
                continue
            departed = departed or self._departure([changes[one] for one in rest])
            if departed is None:
                return
            likely = [one for one in rest if named(last(one[1]), departed)] or list(filter(self._suspected, rest))
            if not likely:
                half = len(rest) // 2
                found = list(self._guilty(rest[:half], changes))
                yield from found
                rest, departed = rest[half:], None if found else departed

    def _suspected(self, one: Missed) -> bool:
        """Whether the like was missed in another reply, or in one of these."""
        return one in self.expected.ever or (one[0], one[1][1:]) in self._here

    def _together(self, result: Found) -> None:
        """All that is not needed, gone at once; where that matters, one after the other, keeping what is missed.

        An object of which nothing is left may be something else on the wire, as in XML, where it is an empty text. If
        it matters then, the object goes with what was in it, where nobody misses it.
        """
        gone: list[Path] = []
        within: list[Path] = []
        rest = result.unneeded
        if rest and self._matters(self._drops(rest)):
            result.hollow = set(self._hollow(result))
            gone = list(result.hollow)
            within = [path for path in rest if _within(path, result.hollow)]
            rest = [path for path in rest if path not in within]
        while rest and self._matters(self._drops([*gone, *rest])):
            first = self._first(gone, rest)
            path = rest[first]
            self._need(result, path, "together")
            gone += rest[:first]
            inner = [each for each in self.of if each != path and each[: len(path)] == path]
            rest = [*(each for each in inner if "absent" in self.of[each]), *rest[first + 1 :]]
        result.unneeded = self._dropped([*within, *(path for path in gone if path not in result.hollow), *rest])

    def _hollow(self, result: Found) -> Iterator[Path]:
        """The objects that must not be null, but can be gone, and of which nothing else is needed."""
        for path in result.needs:
            inner = any(each != path and each[: len(path)] == path for each in result.needs)
            drop = self.of[path].get("absent")
            if isinstance(self._held(path), dict) and not inner and drop is not None and not self._matters([drop]):
                yield path

    def _first(self, gone: list[Path], rest: list[Path]) -> int:
        """The first of the rest that is missed when all before it are gone: with all of the rest gone, something is."""
        low, high = 0, len(rest) - 1
        likely = [at for at, path in enumerate(rest) if ("together", path) in self.expected.alike]
        while low < high:
            tried = high - 1 if high in likely else (low + high) // 2
            tried = next((at for at in likely if low <= at < high), tried)
            if self._matters(self._drops([*gone, *rest[: tried + 1]])):
                high = tried
            else:
                low = tried + 1
        return low

    def _need(self, result: Found, path: Path, how: How) -> None:
        """A field is needed, and with it what it lies in."""
        result.missed.add((how, path))
        self._here.add((how, path[1:]))
        for place in (path[:length] for length in range(2, len(path) + 1)):
            if place in self.of and place not in result.needs:
                result.needs[place] = Need(field=dotted(place[1:]), read="presence")

    def _dropped(self, paths: Iterable[Path]) -> list[Path]:
        """Those of these fields that can be left out; what lies within others goes with them."""
        return _outermost(path for path in paths if "absent" in self.of[path])

    def _drops(self, paths: Iterable[Path]) -> list[Change]:
        return [self.of[path]["absent"] for path in paths]

    def _matters(self, changes: Collection[Change]) -> bool:
        return self._departure(changes) is not None

    def _departure(self, changes: Collection[Change]) -> Departure:
        """What is different with these changes; each set of them is played once."""
        key = frozenset(changes)
        if key not in self._played:
            self._played[key] = self.usual.departs(self.play(changes))
        return self._played[key]

    def _quietly(self, needed: Iterable[Path]) -> None:
        """What is expected to change nothing in fields that are needed, as many at once as can be."""
        rest = [
            (kind, path)
            for path in needed
            for kind, change in self.of[path].items()
            if (kind, path) in self.expected.quiet and frozenset({change}) not in self._played
        ]
        while rest:
            tried = _compatible(rest)
            changes = [self.of[path][kind] for kind, path in tried]
            if not self._matters(changes):
                self._played.update((frozenset({change}), None) for change in changes)
            rest = [each for each in rest if each not in tried]

    # --- how it is read -----------------------------------------------------------------------------------------

    def _read(self, path: Path) -> Need:
        kinds, held = self.of[path], self._held(path)
        told = {kind: self._departure([kinds[kind]]) for kind in ("absent", "null", *_OTHER) if kind in kinds}
        other = next((told[kind] for kind in ("unseen", "other") if told.get(kind)), None)
        read: Read = "presence"
        if other is not None:
            read = self._use(held, other)
        elif not isinstance(held, dict | list) and "retyped" in kinds and self._matters([kinds["retyped"]]):
            read = "type"
        mine = self.symbols.canonical(held) if isinstance(held, str) else held
        return Need(
            field=dotted(path[1:]),
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
        held = self.replies[int(path[0])][0]
        for part in path[1:]:
            held = held[part]
        return held


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """Those of these fields that lie within no other of them; a field comes before what is within it."""
    kept: list[Path] = []
    for path in paths:
        if not _within(path, kept):
            kept.append(path)
    return kept


def _compatible(changes: Iterable[tuple[_K, Path]]) -> list[tuple[_K, Path]]:
    """The first of these changes that can be made at once: none lies within another, or at the same place."""
    made: dict[Path, tuple[_K, Path]] = {}
    for change in changes:
        if not _within(change[1], made):
            made[change[1]] = change
    return list(made.values())


def _within(path: Path, others: Collection[Path]) -> bool:
    return any(path[:length] in others for length in range(1, len(path) + 1))
