"""XML with typed elements, as Rails writes it: `<count type="integer">3</count>`, `<amount>10.00</amount>`.

The type is that of the Python value. An element never has `type` and `nil` at once: readers convert what stands in a
typed element, and nothing cannot be converted. An empty list keeps `type="array"`, without which it reads as a text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final
from xml.parsers import expat

from msgspec import UNSET, UnsetType

from paypact.world.wire import Item, Wire

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"})


def encode_xml(body: Any) -> bytes:
    """A document of `{root: content}`; content may be a `Wire`, a dict, a list or a scalar.

    Underscores in names become dashes. A list is an array of items, named by their class where they are wires, or were
    before `render`; a tuple is the same element several times, which readers see as one where it is written once.
    """
    out = [_DECLARATION]
    for name, value in body.items():
        _write(out, name, value)
    return "".join(out).encode()


def decode_xml(body: bytes) -> dict[str, Any]:
    """`{root: content}` of a document: dicts, lists, and by `type` booleans, integers, dates; all else is text.

    Dashes in names become underscores, as Rails reads them: vendors' SDKs write either. An element without content is
    empty text, with `nil="true"` it is None.

    Raises:
        ValueError: not well-formed, or a typed element whose content is not of its type.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise ValueError(f"not well-formed XML: {error}") from error
    return reader.document


# --- writing ----------------------------------------------------------------------------------------------------------


@cache
def _tag(name: str) -> str:
    return name.replace("_", "-")


def _item(held: Any) -> str:
    """The element's name of what stands in a list."""
    if isinstance(held, Item):
        return _dashed(held.of)
    return _dashed(type(held).__name__) if isinstance(held, Wire) else "item"


@cache
def _dashed(name: str) -> str:
    """The element's name of a wire: `StatusEvent` is `status-event`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).strip("-")


def _write(out: list[str], name: str, value: Any) -> None:
    tag = _tag(name)
    if isinstance(value, str):  # of which most have nothing to escape
        out.append(f"<{tag}>{value if value.isalnum() else value.translate(_ESCAPES)}</{tag}>")
    elif value is None:
        out.append(f'<{tag} nil="true"/>')
    elif isinstance(value, Wire):
        out.append(f"<{tag}>")
        _write_fields(out, value)
        out.append(f"</{tag}>")
    elif isinstance(value, dict):
        out.append(f"<{tag}>")
        for inner, held in value.items():
            _write(out, inner, held)
        out.append(f"</{tag}>")
    elif isinstance(value, list):
        out.append(f'<{tag} type="array">')
        for held in value:
            _write(out, _item(held), held)
        out.append(f"</{tag}>")
    elif isinstance(value, tuple):
        for held in value:
            _write(out, name, held)
    else:
        word, text = _typed(value)
        out.append(f'<{tag} type="{word}">{text}</{tag}>' if word else f"<{tag}>{text}</{tag}>")


def _write_fields(out: list[str], value: Wire) -> None:
    for field, attribute, nil in _fields(type(value)):
        held = getattr(value, attribute)
        if held is None:
            out.append(nil)
        elif held is not UNSET:
            _write(out, field, held)


@cache
def _fields(cls: type[Wire]) -> tuple[tuple[str, str, str], ...]:
    """Each field's name, its attribute, and the element of one that holds nothing."""
    names = zip(cls.__struct_encode_fields__, cls.__struct_fields__, strict=True)
    return tuple((name, attribute, f'<{_tag(name)} nil="true"/>') for name, attribute in names)


def _typed(value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return "boolean", "true" if value else "false"
    if isinstance(value, int):
        return "integer", str(value)
    if isinstance(value, datetime):
        return "datetime", value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return "date", value.isoformat()
    if isinstance(value, Decimal):
        return "", f"{value:f}"
    raise TypeError(f"XML has no type for {value!r} ({type(value).__name__})")


# --- reading ----------------------------------------------------------------------------------------------------------


def _boolean(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise ValueError(f"{text!r} is no boolean")
    return text in ("true", "1")


_TYPES: Final[dict[str, Callable[[str], Any]]] = {
    "boolean": _boolean,
    "integer": int,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}


class _Reader:
    """Builds the document while the parser runs: one frame an element that is still open."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, str], list[tuple[str, Any]], list[str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append((name, attributes, [], []))

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1][3].append(data)

    def end(self, _: str) -> None:
        tag, attributes, children, texts = self._open.pop()
        name = tag.replace("-", "_")
        value = self._value(attributes, children, "".join(texts))
        if self._open:
            self._open[-1][2].append((name, value))
        else:
            self.document = {name: value}

    def _value(self, attributes: dict[str, str], children: list[tuple[str, Any]], text: str) -> Any:
        kind = attributes.get("type", "")
        if kind == "array":
            return [value for _, value in children]
        if children:
            found: dict[str, Any] = {}
            for name, value in children:
                held = found.get(name, UNSET)
                if isinstance(held, UnsetType):
                    found[name] = value
                elif isinstance(held, list):
                    held.append(value)
                else:
                    found[name] = [held, value]
            return found
        if attributes.get("nil") == "true":
            return None
        return _TYPES[kind](text.strip()) if kind in _TYPES else text
