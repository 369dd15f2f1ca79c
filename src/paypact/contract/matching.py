"""Matching: whether a request is one that a contract holds, by the contract's own matchers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element, ParseError, fromstring

from paypact.contract.paths import Path, leaves, place

_FORM: Final = "x-www-form-urlencoded"


def differences(interaction: Mapping[str, Any], method: str, url: str, body: bytes, kind: str) -> list[str]:
    """What keeps a request from being the one of an interaction; none where it is. `kind` is its content type."""
    wanted = interaction["request"]
    rules = wanted.get("matchingRules", {})
    found: list[str] = []
    address = urlsplit(url)
    if method != wanted["method"]:
        found.append(f"method {method}, not {wanted['method']}")
    if not _fits(address.path, wanted["path"], rules.get("path")):
        found.append(f"path {address.path}, not {wanted['path']}")
    if found:
        return found
    query = _listed(address.query)
    for name in dict.fromkeys([*wanted.get("query", {}), *query]):
        found += _values(
            "query", name, query.get(name), wanted.get("query", {}).get(name), rules.get("query", {}).get(name)
        )
    return found + list(_body(wanted.get("body"), rules.get("body", {}), body, kind))


def _values(part: str, name: str, sent: Any, wanted: Any, rule: Any) -> Iterator[str]:
    if sent is None:
        yield f"{part} lacks {name}"
    elif wanted is None:
        yield f"{part} has {name}, which the contract has not"
    elif len(sent) != len(wanted) or not all(_fits(mine, its, rule) for mine, its in zip(sent, wanted, strict=True)):
        yield f"{part} {name} is {', '.join(map(str, sent))}, not {', '.join(map(str, wanted))}"


def _body(wanted: Any, rules: Mapping[str, Any], body: bytes, kind: str) -> Iterator[str]:
    if wanted is None:
        if body:
            yield "it has a body, which the contract has not"
        return
    text, expected = body.decode("utf-8", "replace"), wanted.get("contentType", "")
    if kind.partition(";")[0].strip().lower() != expected:
        yield f"content type {kind or 'none'}, not {expected}"
    elif _FORM in expected:
        sent, its = _listed(text), _listed(wanted["content"])
        for name in dict.fromkeys([*its, *sent]):
            yield from _values("body", name, sent.get(name), its.get(name), rules.get(place((name,))))
    elif expected.endswith("json"):
        try:
            tree = json.loads(text)
        except ValueError:
            yield "its body is no JSON"
            return
        yield from _trees(dict(leaves(tree)), dict(leaves(wanted["content"])), rules)
    elif expected.endswith("xml"):
        try:
            yield from _xml(fromstring(text), fromstring(wanted["content"]), rules)  # noqa: S314 - sent by one's own code
        except ParseError:
            yield "its body is no XML"
    elif text != wanted["content"]:
        yield "its body is another text"


def _trees(sent: Mapping[Path, Any], wanted: Mapping[Path, Any], rules: Mapping[str, Any]) -> Iterator[str]:
    for path in dict.fromkeys([*wanted, *sent]):
        at = place(path, every=False)
        if path not in sent:
            yield f"body lacks {at}"
        elif path not in wanted:
            yield f"body has {at}, which the contract has not"
        elif not _fits(sent[path], wanted[path], rules.get(at)):
            yield f"body {at} is {sent[path]!r}, not {wanted[path]!r}"


def _xml(sent: Element, wanted: Element, rules: Mapping[str, Any]) -> Iterator[str]:
    mine, its = dict(_texts(sent, f"$.{sent.tag}")), dict(_texts(wanted, f"$.{wanted.tag}"))
    for at in dict.fromkeys([*its, *mine]):
        if at not in mine:
            yield f"body lacks {at}"
        elif at not in its:
            yield f"body has {at}, which the contract has not"
        elif not _fits(mine[at], its[at], rules.get(f"{at}['#text']")):
            yield f"body {at} is {mine[at]!r}, not {its[at]!r}"


def _texts(element: Element, at: str) -> Iterator[tuple[str, str]]:
    if not len(element):
        yield at, element.text or ""
    for child in element:
        yield from _texts(child, f"{at}.{child.tag}" if child.tag.isidentifier() else f"{at}['{child.tag}']")


def _fits(sent: Any, wanted: Any, rule: Any) -> bool:
    """Whether a value is the wanted one, or one that its matchers take."""
    matchers = rule.get("matchers", ()) if isinstance(rule, dict) else ()
    if not matchers:
        return bool(sent == wanted)
    return all(_takes(each, sent, wanted) for each in matchers)


def _takes(matcher: Mapping[str, Any], sent: Any, wanted: Any) -> bool:
    match matcher.get("match"):
        case "regex":
            return isinstance(sent, str) and re.fullmatch(matcher["regex"], sent) is not None
        case "integer":
            return isinstance(sent, int) and not isinstance(sent, bool)
        case "decimal" | "number":
            return isinstance(sent, int | float) and not isinstance(sent, bool)
        case "boolean":
            return isinstance(sent, bool)
        case "null":
            return sent is None
        case "type":
            return type(sent) is type(wanted)
        case _:
            return bool(sent == wanted)


def _listed(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found
