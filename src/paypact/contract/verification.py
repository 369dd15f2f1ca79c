"""What a verification came to: one record an interaction, in the words of the contract."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

import msgspec

from paypact.contract import places
from paypact.world.redaction import Redactor

SCHEMA: Final = 1
VERIFIED, BROKEN, UNCHECKED = 0, 1, 2

Result: TypeAlias = Literal["verified", "broken", "pending", "not checked"]

_MISSING: Final = re.compile(r"missing the following keys: (.+)$")
_LONGEST: Final = 200


class Mismatch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One difference. `field` is its place in the reply, `header NAME` or `status`; `said` the verifier's sentence."""

    field: str
    said: str
    expected: str = ""
    actual: str = ""


class Checked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One interaction. `broken`: the provider answers otherwise. `not checked`: nothing can be said, `reason` says why.

    `pending`: broken, but the contract does not count on it yet.
    """

    contract: str
    consumer: str
    interaction: str
    result: Result
    states: tuple[str, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    reason: str = ""
    seconds: float = 0.0


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """All interactions of all contracts that were verified against one provider."""

    provider: str
    url: str
    checked: tuple[Checked, ...]
    unpublished: str = ""  # why the broker does not know the results, where it was to be told
    schema: int = SCHEMA

    def count(self, result: Result) -> int:
        """How many interactions came to this."""
        return sum(one.result == result for one in self.checked)

    @property
    def exit_code(self) -> int:
        """1 where one is broken; 2 where one could not be checked, there is none, or a broker was not told; else 0."""
        if self.count("broken"):
            return BROKEN
        return UNCHECKED if self.count("not checked") or not self.checked or self.unpublished else VERIFIED


def mismatches(found: Mapping[str, Any], redactor: Redactor) -> tuple[Mismatch, ...]:
    """The differences that the verifier reports of one interaction, a line for each field."""
    made: list[Mismatch] = []
    for one in found.get("mismatches", ()):
        text = str(one.get("mismatch", ""))
        missing = _MISSING.search(text)
        if missing:
            above = _path(str(one.get("path", "$")))
            names = missing[1].split(", ")
            made += [Mismatch(field=places.written((*above, name)), said="is not in the reply") for name in names]
            continue
        made.append(
            Mismatch(
                field=_field(one),
                said=_short(redactor, text),
                expected=_short(redactor, one.get("expected")),
                actual=_short(redactor, one.get("actual")),
            )
        )
    return tuple(made)


def _field(one: Mapping[str, Any]) -> str:
    match one.get("type"):
        case "StatusMismatch":
            return "status"
        case "HeaderMismatch":
            return f"header {one.get('key', '')}"
        case "MetadataMismatch":
            return f"metadata {one.get('key', '')}"
        case "BodyTypeMismatch":
            return "content type"
        case _:
            return str(one.get("path") or "body")


def _path(place: str) -> places.Path:
    try:
        return places.parse(place)
    except ValueError:
        return (place,)


def _short(redactor: Redactor, value: Any) -> str:
    if value is None:
        return ""
    text = redactor.text(value if isinstance(value, str) else json.dumps(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
