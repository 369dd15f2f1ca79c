"""Drawn cards shrink to the plainest one, reach everything there is, and print without their number."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis.vendor.pretty import pretty

from paypact.cards import Card, axes, build, schemes
from paypact.cards.strategies import cards, shapes


@pytest.mark.parametrize(
    ("wanted", "plainest"),
    [
        pytest.param(lambda card: True, {"scheme_id": "visa"}, id="anything"),
        pytest.param(lambda card: card.scheme == "jcb", {"scheme_id": "jcb"}, id="a-scheme"),
        pytest.param(lambda card: len(card.number) == 19, {"scheme_id": "visa", "length": 19}, id="a-length"),
        pytest.param(lambda card: card.wallet, {"scheme_id": "visa", "kind": "apple_pay"}, id="a-wallet"),
        pytest.param(lambda card: card.bin >= "22210", {"scheme_id": "visa"}, id="a-plain-one-will-do"),
        pytest.param(lambda card: card.bin[:1] == "2", {"scheme_id": "mastercard", "range": 1}, id="the-2-series"),
        pytest.param(
            lambda card: len(card.networks) == 2, {"scheme_id": "unionpay", "kind": "cobadge:visa"}, id="co-badge"
        ),
        pytest.param(lambda card: card.cvc == "124", {"scheme_id": "visa", "digits": 1}, id="meaningless-digits"),
    ],
)
def test_failures_shrink_to_the_plainest_card(wanted: Callable[[Card], bool], plainest: dict[str, Any]) -> None:
    """The smallest card that shows a failure differs from the lowest Visa number in nothing but what it takes."""
    common = ["visa", "mastercard", "amex", "jcb", "unionpay"]

    shape = find(shapes(common), lambda shape: bool(wanted(build(**shape))), settings=settings(max_examples=5_000))

    assert plainest == shape


def test_the_plainest_of_all() -> None:
    """Over all schemes too, what fails with any card fails with the lowest Visa number."""
    assert find(shapes(), lambda shape: True) == {"scheme_id": "visa"}


def test_nothing_is_out_of_reach() -> None:
    """Each value of each axis of a scheme is drawn."""
    drawn: dict[str, set[Any]] = {axis: set() for axis in axes("unionpay")}

    @settings(max_examples=1_000)
    @given(shapes(["unionpay"]))
    def draw(shape: dict[str, Any]) -> None:
        for axis, values in axes("unionpay").items():
            drawn[axis].add(shape.get(axis, values[0]))

    draw()
    assert {axis: set(values) for axis, values in axes("unionpay").items()} == drawn


@given(cards(["visa", "cartes_bancaires", "interac"], kinds=["plain", "cobadge:visa"]))
def test_a_choice_of_schemes_and_kinds_is_kept(card: Card) -> None:
    """Only the schemes and kinds asked for are drawn; a scheme that lacks one of the kinds has the other."""
    assert card.scheme in {"visa", "cartes_bancaires", "interac"}
    assert card.wallet is None
    assert set(card.networks) <= {card.scheme, "visa"}


@given(shapes())
def test_a_shape_is_plain_data(shape: dict[str, Any]) -> None:
    """What makes a card can be written down as JSON and makes the same card again."""
    assert build(**shape) == build(**json.loads(json.dumps(shape)))
    assert shape["scheme_id"] in schemes()


@given(cards())
def test_drawn_cards_print_masked(card: Card) -> None:
    """Hypothesis prints a drawn card as the card prints itself."""
    assert pretty(card) == repr(card)
    assert not card.number or card.number not in pretty(card)
