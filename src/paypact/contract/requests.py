"""Requests of a contract, sent for real: what a provider state means by an earlier call."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from paypact.contract import places
from paypact.contract.documents import Interaction

_NAMED: Final = re.compile(r"\$\{([^}]+)\}")
_FORM: Final = "application/x-www-form-urlencoded"


class UnknownValueError(Exception):
    """A request speaks of a value that no provider state has given."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no provider state gave the value {name!r}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it is sent: `target` is path and query, header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


def values_of(interaction: Interaction) -> set[str]:
    """The values that a request needs of its provider states."""
    generators = interaction.raw.get("request", {}).get("generators") or {}
    told = (found for one in generators.values() for found in _expressions(one))
    return {name for expression in told for name in _NAMED.findall(expression)}


def request(interaction: Interaction, values: Mapping[str, str]) -> Sent:
    """The request of an interaction, its generated parts filled with what provider states gave.

    Raises:
        UnknownValueError: it needs a value that nobody gave.
        ValueError: its body cannot be filled.
    """
    raw: Mapping[str, Any] = interaction.raw["request"]
    generators = raw.get("generators") or {}
    path = _generated(generators.get("path"), values)
    query = _query(raw.get("query"), generators.get("query") or {}, values)
    headers = {name.lower(): _joined(value) for name, value in (raw.get("headers") or {}).items()}
    for name, generator in (generators.get("header") or {}).items():
        headers[name.lower()] = _generated(generator, values) or headers.get(name.lower(), "")
    body, kind = _body(raw.get("body"), headers.get("content-type", ""))
    if kind and body:
        headers.setdefault("content-type", kind)
    filled = {place: _generated(one, values) for place, one in (generators.get("body") or {}).items()}
    body = _filled(body, headers.get("content-type", ""), {k: v for k, v in filled.items() if v is not None})
    target = (path or raw["path"]) + (f"?{urlencode(query)}" if query else "")
    return Sent(raw["method"].upper(), target, headers, body)


def _expressions(generator: Any) -> Iterator[str]:
    if isinstance(generator, Mapping):
        if generator.get("type") == "ProviderState":
            yield str(generator.get("expression", ""))
        else:
            for one in generator.values():
                yield from _expressions(one)


def _generated(generator: Any, values: Mapping[str, str]) -> str | None:
    """What a generator of the type ProviderState says; None where there is none."""
    if not isinstance(generator, Mapping) or generator.get("type") != "ProviderState":
        return None

    def value(found: re.Match[str]) -> str:
        try:
            return values[found[1]]
        except KeyError:
            raise UnknownValueError(found[1]) from None

    return _NAMED.sub(value, str(generator.get("expression", "")))


def _query(given: Any, generators: Mapping[str, Any], values: Mapping[str, str]) -> list[tuple[str, str]]:
    if not given:
        return []
    if isinstance(given, str):
        pairs = parse_qsl(given, keep_blank_values=True)
    else:
        pairs = [(name, str(one)) for name, several in given.items() for one in _listed(several)]
    filled = []
    for place, (name, text) in enumerate(pairs):
        at = sum(known == name for known, _ in pairs[:place])
        generator = generators.get(f"{name}[{at}]") or generators.get(name)
        filled.append((name, _generated(generator, values) or text))
    return filled


def _body(given: Any, content_type: str) -> tuple[bytes, str]:
    """The bytes of a body, and the type that it says it has; V4 wraps both, V2 and V3 do not."""
    if given is None:
        return b"", ""
    if (
        isinstance(given, Mapping)
        and "content" in given
        and set(given)
        <= {
            "content",
            "contentType",
            "encoded",
            "contentTypeHint",
        }
    ):
        content, kind = given["content"], str(given.get("contentType", ""))
        if given.get("encoded") and isinstance(content, str):
            return base64.b64decode(content), kind
    else:
        content, kind = given, ""
    if isinstance(content, str) and "json" not in (kind or content_type):
        return content.encode(), kind
    return json.dumps(content).encode(), kind or "application/json"


def _filled(body: bytes, content_type: str, filled: Mapping[str, str]) -> bytes:
    if not filled:
        return body
    if _FORM in content_type:
        wanted = {str(places.parse(place)[0]): text for place, text in filled.items()}
        fields = parse_qsl(body.decode(), keep_blank_values=True)
        return urlencode([(name, wanted.get(name, text)) for name, text in fields]).encode()
    if "json" in content_type:
        tree = json.loads(body)
        for place, text in filled.items():
            places.put(tree, places.parse(place), text)
        return json.dumps(tree).encode()
    if "xml" in content_type:
        return places.put_xml(body, {places.parse(place): text for place, text in filled.items()})
    raise ValueError(f"a body of the type {content_type or 'unknown'} cannot be filled with what states gave")


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
