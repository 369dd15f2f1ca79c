"""XML with typed elements: what is written, what is read back, and what is no such XML."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from paypact.world.variations import variations
from paypact.world.wire import UNSET, Maybe, Wire, render
from paypact.world.xml import decode_xml, encode_xml


class StatusEvent(Wire):
    at: datetime
    word: str


class Sheet(Wire):
    order_id: str | None
    events: list[StatusEvent]
    gone: Maybe[str] = UNSET


AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
WRITTEN: dict[str, tuple[Any, str]] = {
    "text": ("a & <b>", "<x>a &amp; &lt;b&gt;</x>"),
    "no text": ("", "<x></x>"),
    "nothing": (None, '<x nil="true"/>'),
    "boolean": (True, '<x type="boolean">true</x>'),
    "integer": (3, '<x type="integer">3</x>'),
    "decimal": (Decimal("10.90"), "<x>10.90</x>"),
    "time": (AT, '<x type="datetime">2026-01-02T03:04:05Z</x>'),
    "date": (date(2026, 1, 2), '<x type="date">2026-01-02</x>'),
    "list": (["a", "b"], '<x type="array"><item>a</item><item>b</item></x>'),
    "empty list": ([], '<x type="array"></x>'),
    "the same several times": (("a", "b"), "<x>a</x><x>b</x>"),
    "names": ({"order_id": "o"}, "<x><order-id>o</order-id></x>"),
    "wires": (
        Sheet(order_id=None, events=[StatusEvent(at=AT, word="paid")]),
        (
            '<x><order-id nil="true"/><events type="array"><status-event><at type="datetime">2026-01-02T03:04:05Z</at>'
            "<word>paid</word></status-event></events></x>"
        ),
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_written(name: str) -> None:
    """The type is that of the value; no element has a type and nothing in it."""
    value, text = WRITTEN[name]

    assert encode_xml({"x": value}).decode() == HEAD + text


@pytest.mark.parametrize("name", sorted(WRITTEN.keys() - {"decimal", "the same several times", "wires"}))
def test_read_back(name: str) -> None:
    """What was written is read as it was."""
    value, _ = WRITTEN[name]

    assert decode_xml(encode_xml({"x": value})) == {"x": value}


def test_what_is_repeated_is_a_list() -> None:
    """An element that stands there twice is read as a list, one that stands there once is not."""
    assert decode_xml(b"<x><a>1</a><b>2</b><a>3</a><a>4</a></x>") == {"x": {"a": ["1", "3", "4"], "b": "2"}}


def test_a_varied_reply_keeps_its_types() -> None:
    """Times stay times in the plain data that a variation makes of a reply."""
    sheet = {"sheet": Sheet(order_id="o", events=[StatusEvent(at=AT, word="paid")])}
    (change,) = [each for each in variations(sheet) if str(each) == "sheet.order_id null"]

    assert b'<at type="datetime">2026-01-02T03:04:05Z</at>' in encode_xml(change.apply(sheet))
    assert b'<order-id nil="true"/>' in encode_xml(change.apply(sheet))


def test_a_varied_reply_keeps_the_names_of_its_items() -> None:
    """What stands in a list is named as in the true reply, after one change and after several in turn."""
    sheet = {"sheets": [Sheet(order_id="o", events=[StatusEvent(at=AT, word="paid")])]}
    changes = [each for each in variations(sheet, everything=True) if str(each) == "sheets.0.order_id null"]
    changes += [each for each in variations(sheet, everything=True) if str(each) == "sheets.0.events.0.word absent"]
    varied: Any = sheet
    for change in changes:
        varied = change.apply(varied)

    assert encode_xml(varied).decode() == (
        f'{HEAD}<sheets type="array"><sheet><order-id nil="true"/><events type="array"><status-event>'
        '<at type="datetime">2026-01-02T03:04:05Z</at></status-event></events></sheet></sheets>'
    )
    assert encode_xml(render(sheet)) == encode_xml(sheet)


@pytest.mark.parametrize(
    "text", ["", "{}", "<x>", '<x type="integer">three</x>', '<x type="boolean">yes</x>', "<x/><y/>"], ids=str
)
def test_no_such_xml(text: str) -> None:
    """What is not well-formed, or not of its type, is refused."""
    with pytest.raises(ValueError, match=r"."):
        decode_xml(text.encode())


def test_a_value_without_a_type() -> None:
    """What no element can hold is a defect of ours."""
    with pytest.raises(TypeError, match=r"XML has no type for 1\.5"):
        encode_xml({"x": 1.5})
