"""Request parameters against documented types."""

from __future__ import annotations

from typing import Any

import pytest

from paypact.world.parameters import Misfit, Parameters, without_effect

KIND = {
    "object": {
        "amount": "integer",
        "rate": "number",
        "confirm": "boolean",
        "note": "string",
        "name": "string",
        "how": ["now", "later"],
        "why": ["fraud", "other"],
        "expand": {"list": "string"},
        "metadata": {"any of": ["", {"map": "string"}]},
        "created": {"any of": [{"object": {"gt": "integer"}}, "integer"]},
        "address": {"object": {"line": "string", "city": "string"}, "required": ["line"]},
        "other": "any",
    },
    "required": ["amount"],
}
PARAMETERS = Parameters(closed=["how"], empties=["name"])


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ({"amount": "1099"}, {"amount": 1099}),
        ({"amount": "-5"}, {"amount": -5}),
        ({"rate": "1.5"}, {"rate": 1.5}),
        ({"confirm": "true"}, {"confirm": True}),
        ({"name": ""}, {"name": ""}),
        ({"how": "later"}, {"how": "later"}),
        ({"why": "a word of next year"}, {"why": "a word of next year"}),
        ({"expand": {"1": "b", "0": "a"}}, {"expand": ["a", "b"]}),
        ({"metadata": {"a": "1", "b": ""}}, {"metadata": {"a": "1", "b": ""}}),
        ({"metadata": ""}, {"metadata": ""}),
        ({"created": "5"}, {"created": 5}),
        ({"created": {"gt": "5"}}, {"created": {"gt": 5}}),
        ({"address": {"line": "x"}}, {"address": {"line": "x"}}),
        ({"other": {"deep": ["x"]}}, {"other": {"deep": ["x"]}}),
    ],
    ids=lambda value: str(value)[:30],
)
def test_types(sent: dict[str, Any], typed: dict[str, Any]) -> None:
    """Text becomes what the type says."""
    assert PARAMETERS.typed(KIND, {"amount": "1", **sent}) == {"amount": 1, **typed}


@pytest.mark.parametrize(
    ("sent", "rule", "name"),
    [
        ({"foo": "1"}, "unknown", "foo"),
        ({"address": {"line": "x", "foo": "1"}}, "unknown", "address[foo]"),
        ({"address": {"city": "x"}}, "missing", "address[line]"),
        ({"amount": ""}, "empty", "amount"),
        ({"note": ""}, "empty", "note"),
        ({"amount": "10.99"}, "integer", "amount"),
        ({"amount": "٣"}, "integer", "amount"),
        ({"amount": {"a": "1"}}, "type", "amount"),
        ({"rate": "x"}, "type", "rate"),
        ({"confirm": "1"}, "type", "confirm"),
        ({"how": "never"}, "word", "how"),
        ({"expand": "x"}, "type", "expand"),
        ({"expand": {"0": {"a": "1"}}}, "type", "expand[0]"),
        ({"metadata": {"a": {"b": "1"}}}, "type", "metadata[a]"),
        ({"created": {"gt": "x"}}, "integer", "created[gt]"),
        ({"created": "x"}, "integer", "created"),
        ({"address": "x"}, "type", "address"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_misfits(sent: dict[str, Any], rule: str, name: str) -> None:
    """What does not fit is named by its rule and its path."""
    with pytest.raises(Misfit) as caught:
        PARAMETERS.typed(KIND, {"amount": "1", **sent})
    assert (caught.value.rule, caught.value.name) == (rule, name)


def test_missing() -> None:
    """What is required must be there."""
    with pytest.raises(Misfit, match=r"^amount: missing$"):
        PARAMETERS.typed(KIND, {})


def test_paths() -> None:
    """A vendor may write the way to a parameter in a manner of its own."""
    dotted = Parameters((), path="{}.{}".format)
    with pytest.raises(Misfit, match=r"^address\.line: missing$"):
        dotted.typed(KIND, {"amount": "1", "address": {}})


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"a": 1}, []),
        ({"b": 1}, ["b"]),
        ({"c": {"d": 1, "e": {"f": 1}}}, ["c.e"]),
        ({"c": {"g": {"h": 1}}}, []),
        ({"a": {"x": 1}, "z": {"y": 1}}, ["z"]),
    ],
)
def test_without_effect(params: dict[str, Any], found: list[str]) -> None:
    """What nobody models is told by its shortest path."""
    assert without_effect(params, {"a", "c.d", "c.g"}) == found
