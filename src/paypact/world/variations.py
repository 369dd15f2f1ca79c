"""Variations: the legal changes to a reply, read from what its declaration says it may be."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from paypact.world.wire import NEVER, SCHEMA, UNSEEN_WORD, UNSET, Arm, Field, Grade, Kind, Wire, fields, render

ADDED_FIELD: Final = "added_next_year"


@dataclass(frozen=True, slots=True)
class Variation:
    """One change to one reply. `path` leads to the field (to the object for `extra` and `arm`)."""

    path: tuple[str | int, ...]
    kind: Kind
    grade: Grade
    arm: Arm | None = None
    state: bool = False  # what is varied says where a payment, movement or verification stands

    def __str__(self) -> str:
        place = ".".join(str(part) for part in self.path) or "the reply"
        return f"{place} {self.kind}" + (f" {self.arm.name}" if self.arm else "")

    def apply(self, body: Any) -> Any:
        """The varied reply as plain data; `body` stays as it is."""
        return varied(body, (self,))

    def change(self, tree: Any) -> None:
        """Make this change to plain data. What another change has taken away is not there to be changed."""
        whole = self.kind in ("extra", "arm")
        target = _reached(tree, self.path if whole else self.path[:-1])
        if whole:
            changes = {ADDED_FIELD: {"value": 1}} if self.arm is None else self.arm.fields
            for name, value in changes.items() if target is not None else ():
                if value is UNSET:
                    target.pop(name, None)
                else:
                    target[name] = render(value)
        elif not _holds(target, self.path[-1]):
            return
        elif self.kind == "absent":
            del target[self.path[-1]]
        else:
            target[self.path[-1]] = _instead(self.kind, target[self.path[-1]])


def varied(body: Any, changes: Iterable[Variation]) -> Any:
    """A reply with all these changes, as plain data; `body` stays as it is."""
    tree: Any = copy.deepcopy(body) if isinstance(body, dict | list | tuple) and _plain(body) else render(body)
    for each in changes:
        each.change(tree)
    return tree


def variations(body: Any, *, everything: bool = False) -> Iterator[Variation]:
    """All variations of this very reply, outermost first.

    `everything` adds what the gateway never does, to find the needs: other values, values of another type, and what is
    in plain dicts, of which nothing is declared.
    """
    yield from _vary(body, (), everything)


def _instead(kind: Kind, held: Any) -> Any:
    """What stands in the place of a value."""
    if kind == "other":
        return not held if isinstance(held, bool) else held + 1
    if kind == "retyped":
        return 1 if isinstance(held, str) else UNSEEN_WORD
    return {"null": None, "unseen": UNSEEN_WORD, "empty": []}[kind]


def _vary(value: Any, path: tuple[str | int, ...], everything: bool) -> Iterator[Variation]:
    if isinstance(value, Wire):
        cls = type(value)
        for arm in cls.arms:
            yield Variation(path, "arm", arm.grade, arm, arm.state)
        yield Variation(path, "extra", Grade("documented", cls.grows) if cls.grows else SCHEMA)
        for field in fields(cls):
            held = getattr(value, field.attribute)
            if held is not UNSET:
                place = (*path, field.name)
                yield from _vary_field(field, held, place, everything)
                yield from _vary(held, place, everything)
    elif isinstance(value, dict):
        for key, held in value.items():
            if everything:
                yield from (Variation((*path, key), kind, NEVER) for kind in _kinds(held, everything))
            yield from _vary(held, (*path, key), everything)
    elif isinstance(value, list | tuple):
        for index, held in enumerate(value):
            yield from _vary(held, (*path, index), everything)


def _vary_field(field: Field, held: Any, place: tuple[str | int, ...], everything: bool) -> Iterator[Variation]:
    for kind in _kinds(held, everything):
        grade = field.grade(kind)
        if everything or grade.word != "never":
            yield Variation(place, kind, grade, state=field.state and kind == "unseen")
    if field.words is not None and isinstance(held, list | tuple):
        for index in range(len(held)):
            yield Variation((*place, index), "unseen", field.words)


def _kinds(held: Any, everything: bool) -> Iterator[Kind]:
    yield "absent"
    if held is not None:
        yield "null"
    if isinstance(held, str):
        yield "unseen"
    if isinstance(held, list | tuple) and held:
        yield "empty"
    if everything and isinstance(held, int | float):
        yield "other"
    if everything and held is not None:
        yield "retyped"


def _reached(tree: Any, path: tuple[str | int, ...]) -> Any:
    """What stands at a path of plain data; None where nothing does."""
    for part in path:
        if not _holds(tree, part):
            return None
        tree = tree[part]
    return tree


def _holds(tree: Any, part: str | int) -> bool:
    if isinstance(tree, dict):
        return part in tree
    return isinstance(tree, list | tuple) and isinstance(part, int) and part < len(tree)


def _plain(body: Any) -> bool:
    if isinstance(body, dict):
        return all(map(_plain, body.values()))
    if isinstance(body, list | tuple):
        return all(map(_plain, body))
    return not isinstance(body, Wire)
