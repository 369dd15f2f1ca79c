"""The recording keeps exchanges in order and finds who sent them."""

from __future__ import annotations

from paypact.payments import Money
from paypact.world.books import Entry, Purchase
from paypact.world.http import Request
from paypact.world.recording import Recording

REQUEST = Request("GET", "https://api.example:8443/v1/charges?limit=1&limit=2", {})
HERE = (compile("", "shop/pay.py", "exec"), 7)


def test_exchanges_are_numbered_from_one() -> None:
    """Numbers are places in the transcript; what was not said yet is empty."""
    recording = Recording()
    made = [recording.begin(REQUEST, operation, "order-1-1", 5.0) for operation in ("sale", "", "capture")]

    assert recording.exchanges == made
    assert [(e.number, e.operation, e.attempt, e.at) for e in made] == [
        (1, "sale", "order-1-1", 5.0),
        (2, "", "order-1-1", 5.0),
        (3, "capture", "order-1-1", 5.0),
    ]
    assert (made[0].kind, made[0].reply, made[0].place, made[0].events) == ("simulated", None, None, [])


def test_the_senders_line_is_found_while_it_is_on_the_stack() -> None:
    """Each exchange asks at once who is sending it."""
    places = iter([HERE, None])
    recording = Recording(lambda: next(places))

    assert [recording.begin(REQUEST, "sale", None, 0.0).place for _ in range(2)] == [HERE, None]


def test_events_are_the_words_of_what_was_booked() -> None:
    """An exchange says in the ledger's words what it did."""
    exchange = Recording().begin(REQUEST, "sale", None, 0.0)
    purchase = Purchase(1, Money(1090, "EUR"), "order-1")
    exchange.booked = [
        Entry(0.0, exchange, purchase, before, event, 1090) for before, event in ((None, "open"), ("open", "cancel"))
    ]

    assert exchange.events == ["open", "cancel"]


def test_what_is_not_simulated_is_named_once() -> None:
    """The gaps met so far, each once, in order of the alphabet."""
    recording = Recording()
    for kind, note in (
        ("not simulated", "POST /b"),
        ("refused", "POST /c"),
        ("not simulated", "GET /a"),
        ("not simulated", "POST /b"),
    ):
        exchange = recording.begin(REQUEST, "", None, 0.0)
        exchange.kind, exchange.note = kind, note  # type: ignore[assignment]  # a word of Kind

    assert recording.not_simulated() == ["GET /a", "POST /b"]


def test_the_parts_of_an_address() -> None:
    """A request tells host with port, path and query apart."""
    assert (REQUEST.host, REQUEST.path, REQUEST.query) == ("api.example:8443", "/v1/charges", "limit=1&limit=2")
