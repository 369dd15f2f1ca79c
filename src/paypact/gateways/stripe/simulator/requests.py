"""Requests: whose they are, what they ask for, and whether the parameters are what the vendor documents."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from paypact.gateways.facts import Facts
from paypact.gateways.stripe.simulator.errors import Refusal, refuse
from paypact.world.codecs import listed

Key = Literal["secret", "publishable"]


@dataclass(slots=True)
class Call:
    """One request, understood: whose key, which object, and its parameters in their types."""

    key: Key
    id: str  # of the object in the path
    params: dict[str, Any]
    path: str
    unmodelled: list[str]


class _Described(msgspec.Struct):
    source: str
    endpoints: list[str]
    params: dict[str, Any]


@cache
def described() -> _Described:
    """What params.json says, with the card inside `payment_method_data` that only the documentation shows."""
    text = (files("paypact.gateways.stripe") / "params.json").read_bytes()
    found = msgspec.json.decode(text, type=_Described)
    card = found.params["POST /v1/payment_methods"]["object"]["card"]
    for types in found.params.values():
        data = types["object"].get("payment_method_data")
        if data:
            data["object"]["card"] = card
    return found


@cache
def _endpoints() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(one).replace(r"\{\}", "[^/]+") for one in described().endpoints))


def documented(method: str, path: str) -> bool:
    """Whether the vendor has such an endpoint at all."""
    return path.startswith("/v2/") or bool(_endpoints().fullmatch(f"{method} {path}"))


def presented_key(authorization: str) -> str | None:
    """The API key of an Authorization header, Bearer or Basic; None where there is none."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0] or None
        except ValueError:
            return None
    return None


def check(facts: Facts, route: str, sent: dict[str, Any]) -> dict[str, Any]:
    """The parameters in their documented types.

    Raises:
        Refusal: one is unknown, missing, empty or of another type.
    """
    return _object(facts, described().params[route], sent, "")


def _object(facts: Facts, kind: dict[str, Any], sent: dict[str, Any], inside: str) -> dict[str, Any]:
    members = kind["object"]
    taken = {}
    for name, value in sent.items():
        path = f"{inside}[{name}]" if inside else name
        if name not in members:
            rule = "payment_method_types_refused" if path == "payment_method_types" else "parameter_unknown"
            raise refuse(facts, rule, name=path)
        taken[name] = _value(facts, members[name], value, path)
    for name in kind.get("required", ()):
        if name not in taken:
            raise refuse(facts, "parameter_missing", name=f"{inside}[{name}]" if inside else name)
    return taken


def _value(facts: Facts, kind: Any, value: Any, path: str) -> Any:
    if isinstance(kind, str):
        return _scalar(facts, kind, value, path)
    if isinstance(kind, list):  # the documented words
        word = _scalar(facts, "string", value, path)
        closed = facts.wire["closed"]["names"]
        if word not in kind and path.rpartition("[")[2].rstrip("]") in closed:
            raise refuse(facts, "parameter_invalid_word", name=path, words=", ".join(kind))
        return word
    if "any of" in kind:
        return _any_of(facts, kind["any of"], value, path)
    if "object" in kind and isinstance(value, dict):
        return _object(facts, kind, value, path)
    if "map" in kind and isinstance(value, dict):
        return {name: _value(facts, kind["map"], one, f"{path}[{name}]") for name, one in value.items()}
    if "list" in kind and (items := listed(value)) is not None:
        return [_value(facts, kind["list"], one, f"{path}[{place}]") for place, one in enumerate(items)]
    if value == "" and "map" in kind:
        return {}
    expected = {"object": "object", "map": "hash", "list": "array"}[next(iter(kind))]
    raise refuse(facts, "parameter_invalid_type", name=path, type=expected, value=_shown(value))


def _any_of(facts: Facts, kinds: list[Any], value: Any, path: str) -> Any:
    refusal: Refusal | None = None
    for kind in kinds:
        if kind == "":
            if value == "":
                return ""
            continue
        try:
            return _value(facts, kind, value, path)
        except Refusal as no:
            # of several forms the one that the value resembles says best what is wrong with it
            if refusal is None or isinstance(value, dict) == (isinstance(kind, dict) and "list" not in kind):
                refusal = no
    assert refusal is not None
    raise refusal


def _scalar(facts: Facts, kind: str, value: Any, path: str) -> Any:
    if kind == "any":
        return value
    if not isinstance(value, str):
        raise refuse(facts, "parameter_invalid_type", name=path, type=kind, value=_shown(value))
    if value == "":
        raise refuse(facts, "parameter_invalid_empty", name=path)
    if kind == "string":
        return value
    if kind == "boolean":
        if value in ("true", "false"):
            return value == "true"
        raise refuse(facts, "parameter_invalid_type", name=path, type=kind, value=value)
    if value.lstrip("-").isdecimal():
        return int(value)
    raise refuse(facts, "parameter_invalid_integer", name=path, value=value)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def unmodelled(params: dict[str, Any], modelled: frozenset[str], inside: str = "") -> list[str]:
    """The parameters that are taken without effect, by their paths."""
    found = []
    for name, value in params.items():
        path = f"{inside}.{name}" if inside else name
        if path in modelled:
            continue
        if isinstance(value, dict) and any(one.startswith(path + ".") for one in modelled):
            found += unmodelled(value, modelled, path)
        else:
            found.append(path)
    return found
