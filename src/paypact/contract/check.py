"""Check: where a committed contract and what the code needs today say different things, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paypact.contract.paths import dotted, leaves


def differences(committed: Mapping[str, Any], today: Mapping[str, Any]) -> list[str]:
    """One line a difference; none where the contract is what the code needs. Both are Pact documents."""
    found: list[str] = []
    for side in ("consumer", "provider"):
        was, now = committed.get(side, {}).get("name"), today[side]["name"]
        if was != now:
            found.append(f"the {side} is {now!r}, in the file {was!r}")
    before = {each["description"]: each for each in committed.get("interactions", ())}
    after = {each["description"]: each for each in today["interactions"]}
    found += [f"+ {name}" for name in after if name not in before]
    found += [f"- {name}" for name in before if name not in after]
    for name, now in after.items():
        if name in before and before[name] != now:
            found.append(f"~ {name}")
            found += [f"    {line}" for line in _changes(before[name], now)]
    return found


def _changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    yield from _needs(was, now)
    said = False
    for part in ("providerStates", "request", "response", "contents", "metadata"):
        for line in _leaves(part, _bare(was.get(part)), _bare(now.get(part))):
            said = True
            yield line
    if not said and _needs_of(was) == _needs_of(now):
        yield "what is matched differs, or the order of keys"


def _needs(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    before, after = _needs_of(was), _needs_of(now)
    for place, rule in after.items():
        if place not in before:
            yield f"the reply now needs {place}"
        elif before[place] != rule:
            yield f"the reply needs {place} as {_said(rule)}, in the file as {_said(before[place])}"
    for place in before:
        if place not in after:
            yield f"the reply no longer needs {place}"


def _needs_of(interaction: Mapping[str, Any]) -> dict[str, Any]:
    rules = interaction.get("response", interaction).get("matchingRules", {})
    found: dict[str, Any] = rules.get("body", {})
    return found


def _said(rule: Any) -> str:
    matcher = rule["matchers"][0] if isinstance(rule, dict) and rule.get("matchers") else {}
    if matcher.get("match") == "regex":
        return f"text like {matcher.get('regex')}"
    return str(matcher.get("match", rule))


def _bare(part: Any) -> Any:
    """A part without its matchers of bodies, of which `_needs` speaks."""
    if isinstance(part, dict) and "matchingRules" in part and "status" in part:
        return {key: held for key, held in part.items() if key != "matchingRules"}
    return part


def _leaves(part: str, was: Any, now: Any) -> Iterator[str]:
    before = {dotted((part, *path)): value for path, value in leaves(was)}
    after = {dotted((part, *path)): value for path, value in leaves(now)}
    for place, value in after.items():
        if place not in before:
            yield f"{place}: {value!r} is new"
        elif before[place] != value:
            yield f"{place}: {value!r}, in the file {before[place]!r}"
    for place, value in before.items():
        if place not in after:
            yield f"{place}: {value!r} is gone"
