"""Replies of a contract: what an integration needs of one, with examples, and matchers as strict as the code is.

Where the code branches on a value the contract has exactly this one; where it hands the value on, its form; where only
its type or presence counts, its type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element, fromstring, tostring

from paypact.contract.model import Need
from paypact.contract.needs import Observed
from paypact.contract.paths import Path, place
from paypact.contract.shapes import Rule, matches
from paypact.contract.trace import Source
from paypact.contract.values import Values
from paypact.world.http import Response

EQUAL: Final[Rule] = {"match": "equality"}
_TEXT: Final = "['#text']"


def response(observed: Observed, values: Values, needs: Mapping[Path, Need]) -> dict[str, Any]:
    """The reply as Pact has it."""
    exchange = observed.exchange
    assert exchange is not None
    assert exchange.response is not None
    given = exchange.response
    found: dict[str, Any] = {"status": given.status}
    kind = given.headers.get("content-type", "").partition(";")[0].strip()
    tree = examples(observed.reply, (), needs, values)
    rules: dict[str, Any] = {}
    if kind:
        found["headers"] = {"Content-Type": [kind]}
        pattern = rf"^{re.escape(kind)}\s*(;.*)?$"
        rules["header"] = {"Content-Type": {"matchers": [matches(pattern)]}}
    if needs and kind.endswith("xml"):
        root = fromstring(exchange.raw)  # noqa: S314 - our simulator's own
        rules["body"] = _pruned(root, (), f"$.{root.tag}", needs, values)
        found["body"] = {"content": tostring(root, encoding="unicode"), "contentType": kind, "encoded": False}
    elif needs:
        simulator = values.staged.usual.example.world.simulator
        rendered = simulator.render(Response(given.status, tree, dict(given.headers)))
        found["body"], rules["body"] = _body(rendered, kind or "application/json", observed, values, needs)
    if rules:
        found["matchingRules"] = rules
    return found


def contents(observed: Observed, values: Values, needs: Mapping[Path, Need]) -> dict[str, Any]:
    """What a webhook holds, as Pact has it."""
    tree = examples(observed.reply, (), needs, values)
    return {
        "contents": {"content": tree, "contentType": "application/json", "encoded": False},
        "matchingRules": {"body": dict(_rules(observed, values, needs))},
        "metadata": {"contentType": "application/json"},
    }


def _body(
    rendered: bytes, kind: str, observed: Observed, values: Values, needs: Mapping[Path, Need]
) -> tuple[dict[str, Any], dict[str, Any]]:
    content = json.loads(rendered)
    return {"content": content, "contentType": kind, "encoded": False}, dict(_rules(observed, values, needs))


def examples(tree: Any, path: Path, needs: Collection[Path], values: Values) -> Any:
    """The part of a reply that is needed, with made-up examples for what no two worlds have in common."""
    if isinstance(tree, dict):
        inner = {
            key: held for key, held in tree.items() if any(need[: len(path) + 1] == (*path, key) for need in needs)
        }
        return {key: examples(held, (*path, key), needs, values) for key, held in inner.items()}
    if isinstance(tree, list | tuple):
        kept = [at for at, _ in enumerate(tree) if any(need[: len(path) + 1] == (*path, at) for need in needs)]
        return [examples(tree[at], (*path, at), needs, values) for at in kept or range(len(tree[:1]))]
    return values.plain(tree) if isinstance(tree, str) else tree


def _rules(observed: Observed, values: Values, needs: Mapping[Path, Need]) -> Iterator[tuple[str, Any]]:
    for path, need in sorted(needs.items(), key=lambda pair: place(pair[0])):
        held = _held(observed.reply, path)
        yield place(path), {"matchers": [_rule(held, need, values)]}


def _rule(held: Any, need: Need, values: Values) -> Rule:
    if held is None:
        return {"match": "null"}
    if isinstance(held, list | tuple):
        return {"match": "type", "min": 1} if held else {"match": "type"}
    if isinstance(held, dict):
        return {"match": "type"}
    parts = list(values.staged.symbols.parts(held)) if isinstance(held, str) else []
    if any(isinstance(part, Source) for part in parts):
        return matches(f"^{''.join(values.rule(p) if isinstance(p, Source) else re.escape(p) for p in parts)}$")
    if need.read == "value":
        return EQUAL
    if isinstance(held, bool):
        return {"match": "boolean"}
    if isinstance(held, int):
        return {"match": "integer"}
    return {"match": "decimal"} if isinstance(held, float) else {"match": "type"}


def _pruned(
    element: Element, path: tuple[str, ...], at: str, needs: Mapping[Path, Need], values: Values
) -> dict[str, Any]:
    """Take out of XML what is not needed, put examples in, and give the rules for the texts that stay.

    XML has no types: what is not exact is text of any kind, but some. Elements of a list are known by their place.
    """
    rules: dict[str, Any] = {}
    listed = element.get("type") == "array"
    wanted = {tuple(_bare(str(part)) for part in need): known for need, known in needs.items()}
    for place_, child in enumerate(list(element)):
        here = (*path, str(place_) if listed else _bare(child.tag))
        full = (_bare(_root(at)), *here)
        if not any(need[: len(here)] == here or need[: len(full)] == full for need in wanted):
            element.remove(child)
            continue
        below = f"{at}.{child.tag}" if child.tag.isidentifier() else f"{at}['{child.tag}']"
        if len(child):
            rules |= _pruned(child, here, below, needs, values)
        elif child.text:
            need = wanted.get(here) or wanted.get(full)
            exact = need is not None and need.read == "value" and values.plain(child.text) == child.text
            child.text = values.plain(child.text)
            rules[below + _TEXT] = {"matchers": [EQUAL if exact else matches("^.+$")]}
    return rules


def _root(at: str) -> str:
    return at.removeprefix("$.").partition(".")[0].partition("[")[0]


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _held(tree: Any, path: Path) -> Any:
    for part in path:
        tree = tree[part]
    return tree
