"""Declared replies compared with an OpenAPI document."""

from __future__ import annotations

from typing import Any

import pytest

from paypact.world.description import Description
from paypact.world.wire import UNSET, Maybe, Wire


class Line(Wire):
    text: str


class Bill(Wire):
    total: int
    note: str | None = None
    lines: list[Line]
    first: str | Line | None = None
    tag: Maybe[str] = UNSET


TEXT: dict[str, Any] = {"type": "string"}
LINE = {"properties": {"text": TEXT}}
AGREEING: dict[str, Any] = {
    "total": {"type": "integer"},
    "note": {"type": "string", "nullable": True},
    "lines": {"type": "array", "items": {"$ref": "#/components/schemas/line"}},
    "first": {"anyOf": [TEXT, {"$ref": "#/components/schemas/line"}], "nullable": True},
    "tag": TEXT,
}


def compare(changes: dict[str, Any], line: dict[str, Any] = LINE, required: tuple[str, ...] = ("total",)) -> list[str]:
    properties = {name: kind for name, kind in {**AGREEING, **changes}.items() if kind is not None}
    bill = {"properties": properties, "required": list(required)}
    return Description({"components": {"schemas": {"bill": bill, "line": line}}}).disagreements(Bill, "bill")


@pytest.mark.parametrize(
    ("changes", "line", "required", "found"),
    [
        ({}, LINE, ("total",), []),
        ({}, LINE, (), []),
        ({"note": None}, LINE, (), ["Bill.note is not described"]),
        ({"total": TEXT}, LINE, (), ["Bill.total is integer here and string there"]),
        ({"total": {"type": "number"}}, LINE, (), []),
        ({"note": TEXT}, LINE, (), ["Bill.note may be null here and not there"]),
        ({}, LINE, ("tag",), ["Bill.tag may be absent here and is required there"]),
        ({}, {"properties": {}}, (), ["Line.text is not described"]),
        ({"first": {**TEXT, "nullable": True}}, LINE, (), ["Bill.first is an object here and not there"]),
        ({"first": {"anyOf": [TEXT, {"properties": {}}, LINE], "nullable": True}}, LINE, (), []),
    ],
)
def test_disagreements(
    changes: dict[str, Any], line: dict[str, Any], required: tuple[str, ...], found: list[str]
) -> None:
    """Fields, types, nulls and absences are compared, through references, lists and the best arm of a union."""
    assert compare(changes, line, required) == found


def test_unknown_schema() -> None:
    """A name that the document lacks is a KeyError."""
    with pytest.raises(KeyError, match="bill"):
        Description({"components": {"schemas": {}}}).disagreements(Bill, "bill")
