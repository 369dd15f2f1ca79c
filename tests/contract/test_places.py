"""Places in bodies, as Pact writes them."""

from __future__ import annotations

import pytest

from paypact.contract import places

JSON = b'{"id": "pi_1", "n": 7, "items": [{"id": "a"}], "odd name": {"it\'s": true}, "none": null}'
XML = b'<transaction><id>t1</id><amount type="decimal">10.00</amount><card><last-4>4242</last-4></card></transaction>'

READ = [
    ("$.id", JSON, "application/json", "pi_1"),
    ("$.n", JSON, "application/json; charset=utf-8", "7"),
    ("$.items[0].id", JSON, "application/json", "a"),
    (r"$['odd name']['it\'s']", JSON, "application/json", "true"),
    ("$.transaction.id", XML, "application/xml", "t1"),
    ("$.transaction.id['#text']", XML, "text/xml", "t1"),
    ("$.transaction.amount['@type']", XML, "application/xml", "decimal"),
    ("$.transaction.card.last-4", XML, "application/xml", "4242"),
    ("$.token", b"token=a+b&x=1", "application/x-www-form-urlencoded", "a b"),
    ("$['card[number]']", b"card%5Bnumber%5D=4", "application/x-www-form-urlencoded", "4"),
]
NOWHERE = [
    ("$.none", JSON, "application/json"),
    ("$.items", JSON, "application/json"),
    ("$.items[1]", JSON, "application/json"),
    ("$.id.more", JSON, "application/json"),
    ("$.transaction.card", XML, "application/xml"),
    ("$.other.id", XML, "application/xml"),
    ("$.transaction.no.text", XML, "application/xml"),
    ("$.x", b"", "application/x-www-form-urlencoded"),
]


@pytest.mark.parametrize(("place", "body", "kind", "text"), READ, ids=[row[0] for row in READ])
def test_what_stands_there(place: str, body: bytes, kind: str, text: str) -> None:
    """JSON, XML and flat forms are read by the same way of writing."""
    assert places.read(body, kind, place) == text


@pytest.mark.parametrize(("place", "body", "kind"), NOWHERE, ids=[row[0] for row in NOWHERE])
def test_nothing_stands_there(place: str, body: bytes, kind: str) -> None:
    """Null, a part with parts of its own, and what is missing are all nothing."""
    with pytest.raises(ValueError, match=r"^nothing stands at \$"):
        places.read(body, kind, place)


@pytest.mark.parametrize("place", ["id", "$id", "$.a..b", "$.a[x]", "$['open"])
def test_a_place_is_written_as_pact_writes_it(place: str) -> None:
    """Anything else is a mistake in the contract."""
    with pytest.raises(ValueError, match=r"^the place "):
        places.parse(place)


@pytest.mark.parametrize("path", [("a", 0, "b-c"), ("card[number]",), ("it's", "a\\b"), ("#text",), ()])
def test_writing_is_the_reverse_of_parsing(path: places.Path) -> None:
    """Whatever the names are made of."""
    assert places.parse(places.written(path)) == path
