"""Drift: what a vendor's next description changes under the needs of its contracts.

A need breaks where the field is gone, has another type, may now be missing or null, or has lost the word on which the
code branches. New words break nothing, but nobody has tried them: they are told.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from paypact.contract.documents import Contract
from paypact.contract.openapi import Absent, Api, Described
from paypact.contract.paths import Path, dotted, leaves, parse
from paypact.report.model import Record

SCHEMA: Final = 1
Kind: TypeAlias = Literal[
    "not described",
    "removed",
    "renamed",
    "type changed",
    "made optional",
    "made nullable",
    "word removed",
    "words added",
]
_TYPES: Final[Mapping[type, tuple[str, ...]]] = {
    str: ("string",),
    bool: ("boolean",),
    int: ("integer", "number"),
    float: ("number",),
    dict: ("object",),
    list: ("array",),
}
_ALIKE: Final = 0.5  # how like a name must be to be told as the new one


@dataclass(frozen=True)
class Need:
    """One field that contracts need of one kind of reply."""

    method: str
    path: str
    status: int
    field: Path
    example: Any
    exact: bool  # the code branches on the value
    consumers: tuple[str, ...]

    @property
    def reply(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class Change(Record, frozen=True, kw_only=True):
    """What became of one need."""

    kind: Kind
    breaks: bool
    reply: str  # method, path and status
    field: str
    sentence: str
    consumers: tuple[str, ...]


class DriftResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The result of `paypact drift`."""

    schema: int = SCHEMA
    version: str
    provider: str
    spec: str
    against: str
    needs: int
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    exit_code: int


def needs_of(contracts: Iterable[Contract]) -> list[Need]:
    """The needs of contracts towards their provider: each field of each reply once."""
    found: dict[tuple[str, str, int, Path, Any], Need] = {}
    for contract in contracts:
        for each in contract.interactions:
            if each.kind != "http":
                continue
            method, address, status = (
                each.raw["request"]["method"],
                each.raw["request"]["path"],
                each.raw["response"]["status"],
            )
            for field, example, exact in _fields(each.raw["response"]):
                key = (method, _template(address), status, field, example if exact else None)
                before = found[key].consumers if key in found else ()
                consumers = tuple(dict.fromkeys((*before, contract.consumer)))
                found[key] = Need(method, address, status, field, example, exact, consumers)
    return list(found.values())


def _fields(reply: Mapping[str, Any]) -> Iterator[tuple[Path, Any, bool]]:
    """Each field that a reply of a contract must have, with its example, and whether it must be exactly this.

    What has a matcher comes first. Without one of its own or around it a value must be equal, as Pact has it.
    """
    content, rules = _content(reply.get("body")), dict(_rules(reply))
    for path, exact in rules.items():
        reached, held = _held(content, path)
        if reached:
            yield path, held, exact
    if not isinstance(content, dict | list):
        return
    told = set(rules)
    for way, held in leaves(content):
        path = tuple(0 if isinstance(part, int) else part for part in way)  # what is true of one item is of each
        if path not in told:
            told.add(path)
            yield path, held, not any(path[:length] in rules for length in range(len(path)))


def _content(body: Any) -> Any:
    """What stands in a body; V4 wraps it."""
    return body["content"] if isinstance(body, dict) and "content" in body and "contentType" in body else body


def _rules(reply: Mapping[str, Any]) -> Iterator[tuple[Path, bool]]:
    """The places of a body that have a matcher, and whether it wants exactly the example: of V3 and V4, and of V2."""
    rules = reply.get("matchingRules") or {}
    older = {place.replace("$.body", "$", 1): rule for place, rule in rules.items() if place.startswith("$.body")}
    for place, rule in (older or rules.get("body") or {}).items():
        matchers = rule.get("matchers", (rule,)) if isinstance(rule, dict) else ()
        with suppress(ValueError):  # a place that only Pact's own tools can read
            yield parse(place), any(each.get("match") == "equality" for each in matchers)


def _held(content: Any, path: Path) -> tuple[bool, Any]:
    """Whether a place leads anywhere, and what stands there."""
    for part in path:
        if isinstance(content, dict) and part in content:
            content = content[str(part)]
        elif isinstance(content, list) and isinstance(part, int) and part < len(content):
            content = content[part]
        else:
            return False, None
    return True, content


def _template(path: str) -> str:
    """A path without what looks like an id, so that the same need is told once."""
    return "/".join("{}" if any(sign.isdigit() for sign in part) and "_" in part else part for part in path.split("/"))


def drift(needs: Iterable[Need], new: Api, old: Api | None) -> Iterator[Change]:
    """What the new description changes under these needs. Without an old one only what contradicts a need is told."""
    seen: set[tuple[str, str, str, Path, str]] = set()
    for need in needs:
        for kind, breaks, sentence in _changes(need, new, old):
            key = (kind, need.method, _template(need.path), need.field, sentence)
            if key not in seen:
                seen.add(key)
                yield Change(
                    kind=kind,
                    breaks=breaks,
                    reply=need.reply,
                    field=dotted(need.field),
                    sentence=sentence,
                    consumers=need.consumers,
                )


def _changes(need: Need, new: Api, old: Api | None) -> Iterator[tuple[Kind, bool, str]]:
    before = _said(old, need) if old is not None else None
    now = _said(new, need)
    if isinstance(now, str):
        if isinstance(before, Described) or old is None:
            yield "not described", True, f"{now} in {new.title}"
        return
    if isinstance(now, Absent):
        if old is None or isinstance(before, Described):
            yield from _gone(need, now)
        return
    if isinstance(before, Described):
        yield from _compared(before, now, need)
    elif now.types and need.example is not None and not _fits(need.example, now):
        yield "type changed", True, f"it is {_types(now)} there, and {_type_of(need.example)} in the contract"
    if (
        need.exact
        and _lacks(now, need.example)
        and not (isinstance(before, Described) and _lacks(before, need.example))
    ):
        yield "word removed", True, f"the code branches on {need.example!r}, which is no word of it any more"


def _lacks(described: Described, word: Any) -> bool:
    return described.words is not None and word not in described.words


def _compared(before: Described, now: Described, need: Need) -> Iterator[tuple[Kind, bool, str]]:
    if before.types and now.types and not (before.types & now.types) and not _fits(need.example, now):
        yield "type changed", True, f"it was {_types(before)} and is {_types(now)}"
    if now.optional and not before.optional:
        yield "made optional", True, "it was always there and may now be missing"
    if now.nullable and not before.nullable:
        yield "made nullable", True, "it was never null and now may be"
    if need.exact and before.words is not None and now.words is not None:
        added = sorted(map(str, now.words - before.words))
        if added:
            yield "words added", False, f"the code branches on it, and it may now also be {', '.join(added)}"


def _gone(need: Need, absent: Absent) -> Iterator[tuple[Kind, bool, str]]:
    missing = str(absent.at[-1])
    near = difflib.get_close_matches(_bare(missing), {_bare(name): name for name in absent.near}, 1, _ALIKE)
    names = {_bare(name): name for name in absent.near}
    where = f" in {dotted(absent.at[:-1])}" if len(absent.at) > 1 else ""
    if near:
        yield "renamed", True, f"there is no {missing}{where}; the nearest name there is {names[near[0]]}"
    else:
        yield "removed", True, f"there is no {missing}{where}"


def _said(api: Api, need: Need) -> Described | Absent | str:
    schema = api.reply(need.method, need.path, need.status)
    if schema is None:
        return f"{need.reply} is not described"
    try:
        return api.described(schema, need.field)
    except Absent as absent:
        return absent


def _fits(example: Any, now: Described) -> bool:
    return example is None or not now.types or bool(set(_TYPES.get(type(example), ())) & now.types)


def _types(described: Described) -> str:
    return " or ".join(sorted(described.types)) or "of any type"


def _type_of(example: Any) -> str:
    return _TYPES.get(type(example), ("null",))[0]


def _bare(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())
