"""Requests of a contract: what was sent, with examples, matchers and generators in the place of what varies.

Forms are flat in Pact: a nested name is only a name. Of headers those are kept that say what the body is and which API
version is meant; credentials, idempotency keys and what an HTTP client says of itself are not in a contract.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from xml.etree.ElementTree import Element, ParseError, fromstring, tostring

from paypact.contract.paths import Path, place
from paypact.contract.rehearsal import Performance
from paypact.contract.shapes import ANY, Rule, matches
from paypact.contract.staging import Staged
from paypact.contract.trace import Source
from paypact.contract.values import Text, Values
from paypact.world.http import Request
from paypact.world.recording import Exchange

FORM: Final = "application/x-www-form-urlencoded"
_VERSION: Final = re.compile(r"^(?!.*(?:library|client|sdk|agent)).*version$")  # of an API, not of who calls it


class Written:
    """One request as Pact has it, and the values of other interactions that it needs."""

    def __init__(self, values: Values, exchange: Exchange) -> None:
        self.values = values
        self.sources: list[Source] = []
        self._rules: dict[str, Any] = {}
        self._generators: dict[str, Any] = {}
        staged = values.staged
        self.mine = exchange.request
        self._others = [_same(staged, each, exchange) for each in (staged.twin, staged.later, staged.stranger)]
        self.request = self._request()

    def _request(self) -> dict[str, Any]:
        found: dict[str, Any] = {"method": self.mine.method, "path": self._path()}
        query = self._query()
        if query:
            found["query"] = query
        headers = dict(self._headers())
        if headers:
            found["headers"] = headers
        body = self._body()
        if body is not None:
            found["body"] = body
        if self._rules:
            found["matchingRules"] = self._rules
        if self._generators:
            found["generators"] = self._generators
        return found

    def _text(self, mine: str, others: Sequence[str | None]) -> Text:
        text = self.values.text(mine, *others)
        self.sources += text.sources
        return text

    def _path(self) -> str:
        text = self._text(self.mine.path, [each.path if each else None for each in self._others])
        if text.sources:
            assert text.rule is not None
            self._rules["path"] = _and(text.rule)
            self._generators["path"] = _from_state(text)
            return text.example
        return self.mine.path  # another account's path would be another request

    def _query(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        others = [_pairs(each.query) if each else {} for each in self._others]
        for key, sent in _pairs(self.mine.query).items():
            texts = [self._text(one, [_nth(each, key, at) for each in others]) for at, one in enumerate(sent)]
            found[key] = [text.example for text in texts]
            ruled = next((text for text in texts if text.rule), None)
            if ruled is not None and ruled.rule is not None:
                self._rules.setdefault("query", {})[key] = _and(ruled.rule)
            if ruled is not None and ruled.expression:
                self._generators.setdefault("query", {})[key] = _from_state(ruled)
        return found

    def _headers(self) -> Iterator[tuple[str, list[str]]]:
        for key, value in sorted(self.mine.headers.items()):
            if (key == "content-type" and self.mine.body) or _VERSION.search(key):
                yield "-".join(word.capitalize() for word in key.split("-")), [value]

    # --- bodies -------------------------------------------------------------------------------------------------

    def _body(self) -> dict[str, Any] | None:
        if not self.mine.body:
            return None
        kind = self.mine.headers.get("content-type", "").partition(";")[0].strip().lower()
        content: Any
        if kind == FORM:
            content = self._form()
        elif kind.endswith("json"):
            content = self._json()
        elif kind.endswith("xml"):
            content = self._xml()
        else:
            content = self.mine.body.decode("utf-8", "replace")
        return {"content": content, "contentType": kind or "text/plain", "encoded": False}

    def _form(self) -> str:
        others = [_pairs(_decoded(each)) for each in self._others]
        pairs: list[tuple[str, str]] = []
        for key, sent in _pairs(_decoded(self.mine)).items():
            for at, one in enumerate(sent):
                text = self._text(one, [_nth(each, key, at) for each in others])
                pairs.append((key, text.example))
                self._keep(text, place((key,)))
        return urlencode(pairs)

    def _json(self) -> Any:
        mine = json.loads(self.mine.body)
        return self._tree(mine, [json.loads(each.body) if each and each.body else None for each in self._others], ())

    def _tree(self, mine: Any, others: Sequence[Any], path: Path) -> Any:
        if isinstance(mine, dict):
            return {
                key: self._tree(
                    held, [each.get(key) if isinstance(each, dict) else None for each in others], (*path, key)
                )
                for key, held in mine.items()
            }
        if isinstance(mine, list):
            return [self._tree(held, [_item(each, at) for each in others], (*path, at)) for at, held in enumerate(mine)]
        at = place(path, every=False)
        if isinstance(mine, str):
            text = self._text(mine, [each if isinstance(each, str) else None for each in others])
            free = text.rule == matches(ANY)
            self._keep(replace(text, rule={"match": "type"}) if free else text, at)
            return text.example
        if any(each != mine for each in others) and mine is not None:
            self._rule(at, _typed(mine))
        return mine

    def _xml(self) -> str:
        root = fromstring(self.mine.body)  # noqa: S314 - sent by the code under test, in this process
        others = [_parsed(each) for each in self._others]
        self._element(root, others, f"$.{root.tag}")
        return tostring(root, encoding="unicode")

    def _element(self, element: Element, others: Sequence[Element | None], at: str) -> None:
        if element.text and element.text.strip() and not len(element):
            text = self._text(element.text, [each.text if each is not None else None for each in others])
            element.text = text.example
            self._keep(text, f"{at}['#text']")
        for child in element:
            twins = [each.find(child.tag) if each is not None else None for each in others]
            self._element(child, twins, f"{at}.{child.tag}" if child.tag.isidentifier() else f"{at}['{child.tag}']")

    def _keep(self, text: Text, at: str) -> None:
        if text.rule:
            self._rule(at, text.rule)
        if text.expression:
            self._generators.setdefault("body", {})[at] = _from_state(text)

    def _rule(self, at: str, rule: Rule) -> None:
        self._rules.setdefault("body", {})[at] = _and(rule)


def _same(staged: Staged, performance: Performance, exchange: Exchange) -> Request | None:
    """The request of another play that belongs to this one."""
    exchanges = performance.example.exchanges
    found = exchanges[exchange.number - 1] if exchange.number <= len(exchanges) else None
    alike = (
        found is not None and found.operation == exchange.operation and found.request.method == exchange.request.method
    )
    return found.request if found is not None and alike else None


def _and(rule: Rule) -> dict[str, Any]:
    return {"matchers": [rule]}


def _from_state(text: Text) -> dict[str, str]:
    return {"type": "ProviderState", "expression": text.expression, "dataType": "STRING"}


def _typed(value: Any) -> Rule:
    if isinstance(value, bool):
        return {"match": "boolean"}
    return {"match": "integer" if isinstance(value, int) else "decimal"}


def _decoded(request: Request | None) -> str:
    return request.body.decode("utf-8", "replace") if request is not None else ""


def _pairs(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(key, []).append(value)
    return found


def _nth(pairs: Mapping[str, Sequence[str]], key: str, at: int) -> str | None:
    sent = pairs.get(key, ())
    return sent[at] if at < len(sent) else None


def _item(held: Any, at: int) -> Any:
    return held[at] if isinstance(held, list) and at < len(held) else None


def _parsed(request: Request | None) -> Element | None:
    try:
        return fromstring(request.body) if request is not None else None  # noqa: S314 - as above
    except ParseError:
        return None
