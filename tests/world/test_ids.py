"""Ids of the wire, and the names of routes."""

from __future__ import annotations

import pytest

from paypact.world.ids import letters, placed

ROUTES = {"POST /charges", "GET /charges/{}", "POST /charges/{}/refund", "GET /charges/search", "GET /cards/of/any/{}"}


def test_letters_are_the_same_for_the_same_parts() -> None:
    """In every run, as long as was asked, up to 64."""
    assert letters("shop", 1, length=8) == letters("shop", 1, length=8) == letters("shop", 1, length=16)[:8]
    assert letters("shop", 1, length=8) != letters("shop", 2, length=8)
    assert [len(letters("shop", length=length)) for length in (8, 32, 33, 64)] == [8, 32, 33, 64]


@pytest.mark.parametrize(
    ("method", "path", "name", "id_"),
    [
        ("POST", "/charges", "POST /charges", ""),
        ("GET", "/charges/ch_1", "GET /charges/{}", "ch_1"),
        ("POST", "/charges/ch_1/refund", "POST /charges/{}/refund", "ch_1"),
        ("GET", "/charges/search", "GET /charges/search", ""),
        ("GET", "/cards/of/any/x", "GET /cards/of/any/{}", "x"),
        ("GET", "/payouts/po_1", "GET /payouts/po_1", ""),
        ("DELETE", "/charges/ch_1", "DELETE /charges/ch_1", ""),
    ],
)
def test_routes_are_found_by_their_names(method: str, path: str, name: str, id_: str) -> None:
    """What is written out goes before what an id stands in; a path of no route is its own name."""
    assert placed(ROUTES, method, path) == (name, id_)
