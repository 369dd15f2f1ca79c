"""Search: the query language, what it finds, and what it does not find yet."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from paypact.world.issuer import decline
from paypact.world.world import World

SALE = {"currency": "eur", "confirm": True, "return_url": "https://shop.example/back"}
PEOPLE: list[dict[str, Any]] = [
    {"name": "Jenny Rosen", "email": "jenny@example.com"},
    {"name": "Jane", "metadata": {"vip": "yes"}},
]


@pytest.fixture
def ids(client: Any, token: Any, world: World) -> dict[str, str]:
    """Payments and people, long enough ago to be found; by name, the name by id."""
    made = {}
    for name, amount, answers in (
        ("paid", 1099, ()),
        ("large", 50_000, ()),
        ("refused", 1099, (decline("lost_card"),)),
    ):
        method = client.payment_methods.retrieve(token(*answers)).id
        params = {**SALE, "amount": amount, "payment_method": method, "metadata": {"order": f"o-{name}"}}
        try:
            made[client.payment_intents.create(params).id] = name
        except stripe.CardError as refused:
            error: Any = refused.error
            made[error.payment_intent.id] = name
    made |= {client.customers.create(person).id: person["name"] for person in PEOPLE}
    world.clock.advance(61)
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status:'succeeded'", ["large", "paid"]),
        ("-status:'succeeded'", ["refused"]),
        ("metadata['order']:'o-paid'", ["paid"]),
        ('metadata["order"]:"o-large" OR metadata["order"]:"o-refused"', ["refused", "large"]),
        ("status:'succeeded' AND amount>1099", ["large"]),
        ("amount>=1099 AND amount<50000", ["refused", "paid"]),
        ("currency:'usd'", []),
        ("metadata['gift']:null", ["refused", "large", "paid"]),
        ("-metadata['order']:null", ["refused", "large", "paid"]),
    ],
)
def test_payment_intents(client: Any, ids: dict[str, str], query: str, found: list[str]) -> None:
    """Clauses on fields and metadata, joined by AND or by OR, the newest first."""
    assert [ids[one.id] for one in client.payment_intents.search({"query": query}).data] == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("email:'jenny@example.com'", ["Jenny Rosen"]),
        ("name~'rosen'", ["Jenny Rosen"]),
        ("name:'rosen'", []),
        ("metadata['vip']:'yes'", ["Jane"]),
    ],
)
def test_customers(client: Any, ids: dict[str, str], query: str, found: list[str]) -> None:
    """Whole texts by `:`, parts of them by `~`, whatever their case."""
    assert [ids[one.id] for one in client.customers.search({"query": query}).data] == found


@pytest.mark.parametrize(
    ("query", "many"),
    [
        ("status:'failed'", 1),
        ("payment_method_details.card.last4:1111", 3),
        ("payment_method_details.card.brand:'jcb'", 0),
        ("disputed:'true'", 0),
    ],
)
def test_charges(client: Any, ids: dict[str, str], query: str, many: int) -> None:
    """Charges are found by what their card shows, too."""
    assert len(client.charges.search({"query": query}).data) == many


def test_pages(client: Any, ids: dict[str, str]) -> None:
    """The SDK turns the pages of a search."""
    first = client.payment_intents.search({"query": "amount>0", "limit": 2})
    assert (len(first.data), first.has_more, first.object) == (2, True, "search_result")
    assert [ids[one.id] for one in first.auto_paging_iter()] == ["refused", "large", "paid"]


def test_what_was_written_a_moment_ago(client: Any, token: Any, world: World) -> None:
    """Is not found yet: who looks up a payment by search right after it does not see it."""
    client.payment_intents.create({**SALE, "amount": 1099, "payment_method": token()})
    query = {"query": "status:'succeeded'"}
    assert client.payment_intents.search(query).data == []
    world.clock.advance(61)
    assert len(client.payment_intents.search(query).data) == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "everything",
        "colour:'red'",
        "email:'jenny@example.com'",
        "metadata:'o-1'",
        "status:'succeeded' AND amount>5 OR amount<3",
        " AND ".join(["amount>5"] * 11),
    ],
)
def test_no_query(carry: Any, query: str) -> None:
    """A query that is none is refused."""
    reply = carry("GET", "/v1/payment_intents/search", {"query": query})
    assert (reply.status, reply.error["type"]) == (400, "invalid_request_error")
