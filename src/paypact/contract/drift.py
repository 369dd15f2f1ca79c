"""Drift: what a vendor's next description changes under the needs of its contracts.

A need breaks where the field is gone, has another type, may now be missing or null, or has lost the word on which the
code branches. New words break nothing, but nobody has tried them: they are told.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from paypact.contract.documents import Contract
from paypact.contract.openapi import Absent, Api, Described
from paypact.contract.paths import Path, dotted, parse
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
            request, reply = each.raw["request"], each.raw["response"]
            content = reply.get("body", {}).get("content") if isinstance(reply.get("body"), dict) else None
            for place, rule in reply.get("matchingRules", {}).get("body", {}).items():
                need = _need(request, reply, place, rule, content, contract.consumer)
                if need is not None:
                    key = (
                        need.method,
                        _template(need.path),
                        need.status,
                        need.field,
                        need.example if need.exact else None,
                    )
                    before = found.get(key)
                    consumers = (*before.consumers, *need.consumers) if before else need.consumers
                    found[key] = Need(
                        *(need.method, need.path, need.status, need.field, need.example, need.exact),
                        tuple(dict.fromkeys(consumers)),
                    )
    return list(found.values())


def _need(request: Any, reply: Any, place: str, rule: Any, content: Any, consumer: str) -> Need | None:
    try:
        path = parse(place)
    except ValueError:
        return None
    held = content
    for part in path:
        if isinstance(held, dict) and part in held:
            held = held[str(part)]
        elif isinstance(held, list) and isinstance(part, int) and part < len(held):
            held = held[part]
        else:
            return None
    matchers = rule.get("matchers", ()) if isinstance(rule, dict) else ()
    exact = any(each.get("match") == "equality" for each in matchers)
    return Need(request["method"], request["path"], reply["status"], path, held, exact, (consumer,))


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
