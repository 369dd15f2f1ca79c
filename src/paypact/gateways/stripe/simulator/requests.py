"""Requests: whose key they carry, and what the vendor documents."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

Key = Literal["secret", "publishable"]


@dataclass(slots=True)
class Call:
    """One request, understood: whose key, the id in its path, and its parameters in their types."""

    key: Key
    path: str
    id: str
    params: dict[str, Any]
    version: str  # its date, by which versions are ordered
    unmodelled: list[str] = field(default_factory=list)


class Described(msgspec.Struct):
    """What params.json says: the vendor's endpoints (`{}` for an id), and the parameters of the simulated ones."""

    source: str
    endpoints: frozenset[str]
    params: dict[str, Any]


@cache
def described() -> Described:
    """params.json, with what only the documentation shows: cards in `payment_method_data`, client secrets of pages."""
    text = (files("paypact.gateways.stripe") / "params.json").read_bytes()
    found = msgspec.json.decode(text, type=Described)
    card = found.params["POST /v1/payment_methods"]["object"]["card"]
    for name, types in found.params.items():
        if "payment_method_data" in types["object"]:
            types["object"]["payment_method_data"]["object"]["card"] = card
        if name.endswith("_intents/{}/confirm"):
            types["object"] |= {"client_secret": "string"}
    return found


@cache
def _endpoints() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(one).replace(r"\{\}", "[^/]+") for one in sorted(described().endpoints)))


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
