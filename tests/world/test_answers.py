"""Answers as cases and facts spell them."""

from __future__ import annotations

import pytest

from paypact.errors import UsageError
from paypact.world.answers import parse
from paypact.world.issuer import Answer, approve, challenge, decline, defer, hold, reject

SPELLED: dict[str, Answer] = {
    "approve": approve(),
    "approve:cvc=no_match": approve(cvc="no_match"),
    "approve:cvc=unchecked,address=no_match": approve(cvc="unchecked", address="no_match"),
    "partial": approve(545),
    "decline:lost_card": decline("lost_card"),
    "reject": reject("suspected_fraud"),
    "reject:blocked_list": reject("blocked_list"),
    "challenge": challenge(approve()),
    "challenge:native": challenge(approve(), "native"),
    "challenge>decline:lost_card": challenge(decline("lost_card")),
    "challenge>challenge>partial": challenge(challenge(approve(545))),
    "defer": defer(approve()),
    "defer>decline:insufficient_funds": defer(decline("insufficient_funds")),
    "hold>reject": hold(reject("suspected_fraud")),
    "hold>reject:suspected_fraud": hold(reject("suspected_fraud")),
}


@pytest.mark.parametrize("text", SPELLED)
def test_a_text_spells_an_answer(text: str) -> None:
    """The event, its detail, and what stands behind it; partial is half of the price."""
    assert parse(text, 1090) == SPELLED[text]


@pytest.mark.parametrize("text", ["aprove", "challenge>aprove", ""])
def test_an_answer_nobody_knows(text: str) -> None:
    """The message names the part that is wrong and the words there are."""
    with pytest.raises(UsageError) as refused:
        parse(text, 1090)

    assert str(refused.value) == (
        f"unknown answer {text.rpartition('>')[2]!r} "
        "(known: approve, partial, decline:<word>, reject, challenge, defer, hold)"
    )


def test_half_of_nothing_is_no_answer() -> None:
    """Where no price is known, none can be approved in part."""
    with pytest.raises(UsageError) as refused:
        parse("challenge>partial")

    assert str(refused.value) == (
        "unknown answer 'partial' (known: approve, decline:<word>, reject, challenge, defer, hold)"
    )
