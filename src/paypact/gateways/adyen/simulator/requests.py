"""Requests: what was sent, against what Adyen's description says of each object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

KINDS: Final = {"string": str, "integer": int, "boolean": bool, "object": dict, "number": (int, float)}
METHODS: Final = {  # type of payment method -> its object
    **dict.fromkeys(("scheme", "card", "bcmc", "networkToken", "giftcard", "clicktopay"), "CardDetails"),
    "applepay": "ApplePayDetails",
    "googlepay": "GooglePayDetails",
    "samsungpay": "SamsungPayDetails",
}
_NO_TYPE: Final[tuple[Any, int]] = (None, 0)
ONE_OF: Final = "|"  # between the values that a text may have
REQUIRED: Final = {"reference": "reference_missing", "returnUrl": "return_url_missing"}  # with an error of their own


@dataclass(slots=True)
class Call:
    """One request, understood: its version, the id in its path, its body (of a GET its query), its place."""

    version: str
    id: str
    sent: dict[str, Any]
    place: str
    unmodelled: tuple[str, ...] = ()


class Shape(msgspec.Struct):
    """One object of the description: its fields, each with its type, and those it must have."""

    fields: dict[str, Any]
    required: tuple[str, ...] = ()
    plain: dict[str, tuple[type, int]] = {}  # Python's type and greatest length (0: any) of those that hold nothing

    def __post_init__(self) -> None:
        read = {one: _scalar(kind) for one, kind in self.fields.items() if isinstance(kind, str)}
        self.plain = {
            one: (wanted, most) for one, (_, wanted, most, of) in read.items() if wanted in (str, int, bool) and not of
        }


class Version(msgspec.Struct, frozen=True):
    """One version of the description."""

    endpoints: frozenset[str]
    objects: dict[str, Shape]


class Described(msgspec.Struct, frozen=True):
    """What params.json says."""

    source: str
    v71: Version
    v72: Version


class Misfit(Exception):
    """What was sent is not what Adyen describes. `rule` is a word of the refusals, `parts` fill its text."""

    def __init__(self, rule: str, **parts: object) -> None:
        super().__init__(f"{rule}: {parts}")
        self.rule = rule
        self.parts = parts


@cache
def described() -> Described:
    """The table of params.json."""
    return msgspec.json.decode((files("paypact.gateways.adyen") / "params.json").read_bytes(), type=Described)


@dataclass(slots=True)
class Reader:
    """Holds what was sent against the objects of one version."""

    objects: dict[str, Shape]

    def check(self, name: str, sent: Any, path: str = "") -> None:
        """Whether `sent` is an object of that name.

        Raises:
            Misfit: it has unknown fields, lacks one, or one is of another type or too long.
        """
        if not isinstance(sent, dict):
            raise Misfit("type", value=_shown(sent), type="{")
        shape = self.objects[name]
        fields, plain = shape.fields, shape.plain
        if not fields.keys() >= sent.keys():
            raise Misfit("structure", name=name, fields=", ".join(one for one in sent if one not in fields))
        for one in shape.required:
            if sent.get(one) is None:
                raise Misfit(REQUIRED.get(path + one, "required"), name=path + one)
        for one, value in sent.items():
            wanted, most = plain.get(one, _NO_TYPE)
            if value.__class__ is wanted and (not most or len(value) <= most):
                continue  # as nearly all are
            if value is not None:
                self._value(fields[one], value, path + one)

    def _value(self, kind: Any, value: Any, path: str) -> None:
        if path == "paymentMethod":
            name = METHODS.get(value.get("type", "scheme")) if isinstance(value, dict) else "CardDetails"
            if name is not None:  # any other method is not simulated, which is not for the reader to say
                self.check(name, value, "paymentMethod.")
            return
        if isinstance(kind, list):
            if not isinstance(value, list):
                raise Misfit("type", value=_shown(value), type="[")
            for one in value:
                self._value(kind[0], one, path)
            return
        if kind[0].isupper():
            if kind in self.objects:
                self.check(kind, value, f"{path}.")
            return
        word, wanted, most, possible = _scalar(kind)
        if not isinstance(value, wanted) or (word == "integer" and isinstance(value, bool)):
            raise Misfit("type", value=_shown(value), type=word)
        if possible and value not in possible:
            raise Misfit("type", value=_shown(value), type=", ".join(possible))
        if most and len(value) > most:
            raise Misfit("too_long", name=path)


@cache
def _scalar(kind: str) -> tuple[str, Any, int, tuple[str, ...]]:
    """The vendor's word, Python's type or types, the greatest length (0: any) of `string 80`, what `string A|B` may be.

    Where that is nothing, it may be anything.
    """
    word, _, more = kind.partition(" ")
    most, possible = (int(more or 0), ()) if not more or more.isdecimal() else (0, tuple(more.split(ONE_OF)))
    return word, KINDS.get(word, object), most, possible


def without_effect(sent: dict[str, Any], modelled: frozenset[str]) -> Iterator[str]:
    """The fields that nobody models."""
    return (name for name in sent if name not in modelled)


def _shown(value: Any) -> str:
    return msgspec.json.encode(value).decode()[:20]
