"""Request parameters against what a vendor documents: names, types, closed words, what is required.

A table of types is plain data, so that it can be generated from a vendor's typed SDK and committed as JSON. A type is
"string", "integer", "number", "boolean" or "any"; "" (an empty text, which unsets); a list of words; `{"list": T}`;
`{"map": T}`; `{"object": {name: T}, "required": [names]}`; or `{"any of": [T, ...]}`. Forms and queries carry text at
their leaves, which is read here as the type asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any, Literal, TypeAlias

from paypact.world.codecs import listed

Type: TypeAlias = Any
Rule: TypeAlias = Literal["unknown", "missing", "empty", "integer", "type", "word"]


class Misfit(Exception):
    """A parameter that is not what the vendor documents. `name` is its path; `parts` say what was sent or expected."""

    def __init__(self, rule: Rule, name: str, **parts: str) -> None:
        super().__init__(f"{name}: {rule}")
        self.rule = rule
        self.name = name
        self.parts = parts


class Parameters:
    """The documented parameters of one vendor.

    `closed` names the parameters whose documented words are all there are: other vocabularies are taken as they come.
    `empties` names the texts that may be empty without being typed so; what a map holds always may.
    `path` writes the way to a nested parameter in the vendor's manner.
    """

    def __init__(
        self,
        closed: Collection[str],
        empties: Collection[str] = (),
        path: Callable[[str, object], str] = "{}[{}]".format,
    ) -> None:
        self._closed = frozenset(closed)
        self._empties = frozenset(empties)
        self._path = path

    def typed(self, kind: Type, sent: dict[str, Any], inside: str = "") -> dict[str, Any]:
        """What was sent, in the types of an `object` type.

        Raises:
            Misfit: a parameter is unknown, missing, empty, or of another type.
        """
        members = kind["object"]
        taken = {}
        for name, value in sent.items():
            path = self._path(inside, name) if inside else name
            if name not in members:
                raise Misfit("unknown", path)
            empty = value == "" and members[name] == "string" and name in self._empties
            taken[name] = "" if empty else self._value(members[name], value, path)
        for name in kind.get("required", ()):
            if name not in taken:
                raise Misfit("missing", self._path(inside, name) if inside else name)
        return taken

    def _value(self, kind: Type, value: Any, path: str) -> Any:
        if isinstance(kind, str):
            return _scalar(kind, value, path)
        if isinstance(kind, list):
            word = _scalar("string", value, path)
            if word not in kind and path.rpartition("[")[2].rstrip("]") in self._closed:
                raise Misfit("word", path, words=", ".join(kind))
            return word
        if "any of" in kind:
            return self._any_of(kind["any of"], value, path)
        if "object" in kind and isinstance(value, dict):
            return self.typed(kind, value, path)
        if "map" in kind and isinstance(value, dict):
            return {
                name: "" if one == "" else self._value(kind["map"], one, self._path(path, name))
                for name, one in value.items()
            }
        if "list" in kind and (items := listed(value)) is not None:
            return [self._value(kind["list"], one, self._path(path, place)) for place, one in enumerate(items)]
        if value == "" and "map" in kind:
            return {}
        raise Misfit("type", path, type=next(iter(kind)), value=_shown(value))

    def _any_of(self, kinds: list[Type], value: Any, path: str) -> Any:
        misfit: Misfit | None = None
        for kind in kinds:
            if kind == "":
                if value == "":
                    return ""
                continue
            try:
                return self._value(kind, value, path)
            except Misfit as error:
                # of several forms, the one that the value resembles says best what is wrong with it
                if misfit is None or isinstance(value, dict) == (isinstance(kind, dict) and "list" not in kind):
                    misfit = error
        assert misfit is not None, f"{path}: no form but the empty one is documented"
        raise misfit


def without_effect(params: dict[str, Any], modelled: Collection[str], inside: str = "") -> list[str]:
    """The parameters that no one models, by their paths: `modelled` names paths, each with all that is below it."""
    found = []
    for name, value in params.items():
        path = f"{inside}.{name}" if inside else name
        if path in modelled:
            continue
        if isinstance(value, dict) and any(one.startswith(path + ".") for one in modelled):
            found += without_effect(value, modelled, path)
        else:
            found.append(path)
    return found


def _scalar(kind: str, value: Any, path: str) -> Any:
    if kind == "any":
        return value
    if not isinstance(value, str):
        raise Misfit("type", path, type=kind, value=_shown(value))
    if value == "":
        raise Misfit("empty", path)
    if kind == "string":
        return value
    if kind == "boolean":
        if value.lower() in ("true", "false"):  # SDKs wrote them as their language does, and vendors had to take it
            return value.lower() == "true"
        raise Misfit("type", path, type=kind, value=value)
    if kind == "number":
        try:
            return float(value)
        except ValueError:
            raise Misfit("type", path, type=kind, value=value) from None
    digits = value[1:] if value[0] == "-" else value
    if digits.isascii() and digits.isdecimal():
        return int(value)
    raise Misfit("integer", path, value=value)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
