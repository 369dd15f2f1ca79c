"""Bodies of requests as data: what was sent, read without the help of any simulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paypact.world.codecs import decode_form, decode_json
from paypact.world.http import Request
from paypact.world.xml import decode_xml


def decoded(request: Request) -> Any:
    """The body as nested data, text at the leaves of a form; empty where it is no JSON, XML or form."""
    if not request.body:
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind.endswith("json"):
            return decode_json(request.body)
        if kind.endswith("xml"):
            return decode_xml(request.body)
        return decode_form(request.body.decode()) if kind == "application/x-www-form-urlencoded" else {}
    except ValueError:
        return {}


def at(body: Any, place: str) -> Any:
    """What stands at a place such as `amount.value` or `units.0.amount`; None where nothing does."""
    for part in place.split("."):
        if isinstance(body, list) and part.isdecimal() and int(part) < len(body):
            body = body[int(part)]
        elif isinstance(body, dict):
            body = body.get(part)
        else:
            return None
    return body


def texts(body: Any) -> Iterator[str]:
    """All texts of a body, those of keys too."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield name
            yield from texts(value)
    elif isinstance(body, list):
        for value in body:
            yield from texts(value)
    elif isinstance(body, str):
        yield body


def leaves(body: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Each text of a body with its place, such as `amount.value`."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from leaves(value, f"{place}.{name}" if place else name)
    elif isinstance(body, list):
        for number, value in enumerate(body):
            yield from leaves(value, f"{place}.{number}")
    elif isinstance(body, str):
        yield place, body
