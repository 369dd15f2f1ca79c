"""The issuer: scripted by card and in order, within what the gateway's issuers can say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from paypact.cards import build
from paypact.errors import UsageError
from paypact.world.issuer import Answer, Issuer, approve, challenge, decline, defer, hold, reject

CARD = build("visa")
OTHER = build("visa", edge="high")
EVERYTHING = ("approve", "decline", "reject", "challenge", "defer", "hold", "partial")


def test_answers_come_in_order_and_the_last_one_stays() -> None:
    """A card's authorizations are answered one by one as scripted; a script never runs out."""
    issuer = Issuer(EVERYTHING)
    issuer.answers(CARD, decline("insufficient_funds"), challenge(), approve())

    heard = [issuer.answer(CARD).event for _ in range(5)]

    assert heard == ["decline", "challenge", "approve", "approve", "approve"]


def test_a_new_script_replaces_the_old() -> None:
    """Scripting a card again forgets what was left of its answers."""
    issuer = Issuer(EVERYTHING)
    issuer.answers(CARD, decline("lost_card"), approve())
    issuer.answers(CARD, hold())

    assert issuer.answer(CARD).event == "hold"


def test_a_card_without_a_script_is_approved_and_one_that_nobody_issued_is_not_known() -> None:
    """An issued card is good until told otherwise; a number that no bank gave out has no account."""
    issuer = Issuer(EVERYTHING)

    assert issuer.issue(CARD) is CARD
    assert issuer.answer(CARD) == approve()
    assert issuer.answer(OTHER) == decline("no_such_account")
    assert (issuer.issued(CARD.key), issuer.issued(OTHER.key)) == (CARD, None)


TYPED: list[tuple[str, dict[str, Any], Answer]] = [
    ("as it is", {}, approve()),
    ("another month", {"exp_month": 11}, decline("wrong_expiry")),
    ("another year", {"exp_year": 2035}, decline("wrong_expiry")),
    ("without expiry", {"exp_month": None, "exp_year": None}, approve()),
    ("another code", {"cvc": "999"}, decline("wrong_security_code")),
    ("without code", {"cvc": None}, approve()),
    ("another name", {"holder": "Somebody Else"}, approve()),
    ("another network", {"network": "visa"}, approve()),
]


@pytest.mark.parametrize(("changed", "answer"), [row[1:] for row in TYPED], ids=[row[0] for row in TYPED])
def test_a_card_is_answered_as_it_was_presented(changed: dict[str, Any], answer: Answer) -> None:
    """What the shopper mistyped is declined by the word for it; what was not sent, or is no bank's business, is not."""
    issuer = Issuer(EVERYTHING)
    issuer.issue(CARD)

    assert issuer.answer(replace(CARD, **changed)) == answer


def test_a_mistyped_card_uses_up_no_answer() -> None:
    """The script is for the card as it is."""
    issuer = Issuer(EVERYTHING)
    issuer.answers(CARD, decline("insufficient_funds"), approve())
    issuer.answer(replace(CARD, cvc="999"))

    assert issuer.answer(CARD).event == "decline"


def test_a_card_issued_without_a_code_does_not_compare_codes() -> None:
    """A shop may make up a code for a card that has none."""
    issuer = Issuer(EVERYTHING)
    issuer.issue(replace(CARD, cvc=None))

    assert issuer.answer(CARD) == approve()


BEYOND = [  # repertoire, answer, what cannot be answered
    (("approve",), decline("lost_card"), "decline"),
    (("approve", "decline"), approve(500), "partial"),
    (("approve",), challenge(), "challenge"),
    (("approve", "challenge"), challenge(decline("lost_card")), "decline"),
    (("approve", "challenge"), challenge(challenge(defer())), "defer"),
    (("approve", "defer"), defer(approve(500)), "partial"),
    (("approve",), hold(), "hold"),
    (("decline",), approve(500), "approve, partial"),
    (("approve", "decline"), reject("suspected_fraud"), "reject"),
]


@pytest.mark.parametrize(("repertoire", "answer", "beyond"), BEYOND, ids=lambda each: getattr(each, "event", None))
def test_answers_beyond_the_repertoire_are_refused(repertoire: tuple[str, ...], answer: Answer, beyond: str) -> None:
    """Scripting what a gateway's issuers cannot say is a mistake, said at once, wherever in the answer it stands."""
    with pytest.raises(UsageError) as refused:
        Issuer(repertoire).answers(CARD, answer)

    assert str(refused.value) == (
        "issuer: Card(visa, 16 digits, ends 0002, expires 12/2034) cannot be answered "
        f"'{beyond}' at this gateway (its repertoire: {', '.join(sorted(repertoire))})"
    )


def test_a_review_may_end_in_a_rejection_wherever_there_are_reviews() -> None:
    """What follows a review is the reviewer's word, not the issuer's."""
    issuer = Issuer(("approve", "hold"))
    issuer.answers(CARD, hold(reject("suspected_fraud")))

    assert issuer.answer(CARD).then == reject("suspected_fraud")


def test_plain_answers_lead_to_an_approval() -> None:
    """A challenge, a deferral and a review end well unless told otherwise."""
    assert [each.then for each in (challenge(), defer(), hold())] == [approve(), approve(), approve()]
    assert (defer().after, hold().after, challenge().how) == (600.0, 3600.0, "redirect")


def test_a_challenge_is_seen_coming() -> None:
    """A component in the browser asks before anything is presented, and uses no answer up."""
    issuer = Issuer(EVERYTHING)
    issuer.answers(CARD, challenge(), approve())

    assert [issuer.challenges(card) for card in (CARD, OTHER, CARD)] == [True, False, True]
    assert issuer.answer(CARD).event == "challenge"
    assert not issuer.challenges(CARD)
