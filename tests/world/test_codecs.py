"""Forms and JSON."""

from __future__ import annotations

from typing import Any

import pytest

from paypact.world.codecs import decode_form, decode_json, listed


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", {}),
        ("a=1&b=two+words", {"a": "1", "b": "two words"}),
        ("a=", {"a": ""}),
        ("a", {"a": ""}),
        ("a=1=2", {"a": "1=2"}),
        ("caf%C3%A9=%E2%82%AC", {"café": "€"}),
        ("confirm=true", {"confirm": "true"}),
        ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("a%5Bb%5D=1", {"a": {"b": "1"}}),
        ("expand[0]=x&expand[1]=y", {"expand": {"0": "x", "1": "y"}}),
        ("expand[]=x&expand[]=y", {"expand": ["x", "y"]}),
        ("i[0][id]=1&i[0][n]=2&i[1][id]=3", {"i": {"0": {"id": "1", "n": "2"}, "1": {"id": "3"}}}),
        ("i[][id]=1&i[][n]=2&i[][id]=3", {"i": [{"id": "1", "n": "2"}, {"id": "3"}]}),
        ("i[][a][b]=1&i[][a][b]=2", {"i": [{"a": {"b": "1"}}, {"a": {"b": "2"}}]}),
        ("metadata[a[b]=1", {"metadata": {"a[b": "1"}}),
        ("a=1&&b=2", {"a": "1", "b": "2"}),
        ("a]=1", {"a]": "1"}),
        ("a=1&a=2", {"a": "2"}),
    ],
)
def test_forms(text: str, tree: dict[str, Any]) -> None:
    """Names with brackets nest; all leaves are text."""
    assert decode_form(text) == tree


@pytest.mark.parametrize("text", ["a=1&a[b]=2", "a[b]=1&a[b][c]=2"])
def test_clashing_names(text: str) -> None:
    """A name is a value or a container."""
    with pytest.raises(ValueError, match=r"is used both as a value and as a container$"):
        decode_form(text)


@pytest.mark.parametrize(
    ("value", "items"),
    [
        (["a", "b"], ["a", "b"]),
        ({"1": "b", "0": "a", "10": "c"}, ["a", "b", "c"]),
        ({}, []),
        ({"a": "1"}, None),
        ("text", None),
    ],
)
def test_lists(value: Any, items: list[str] | None) -> None:
    """What was written with indices is in their order."""
    assert listed(value) == items


def test_json() -> None:
    """JSON that is none is a ValueError."""
    assert decode_json(b'{"a": [1, null]}') == {"a": [1, None]}
    with pytest.raises(ValueError, match="malformed"):
        decode_json(b"<html>")
