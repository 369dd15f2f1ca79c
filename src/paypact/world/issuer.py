"""The issuer: the cardholder's bank. It is scripted by card and in order; suites name cards, never calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from paypact.cards.card import Card
from paypact.errors import UsageError

DEFERRED: Final = 600.0  # seconds until a deferred payment is decided, where nobody says otherwise
REVIEWED: Final = 3600.0  # and one in review


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `event` is a word of the authorization table; `amount` (minor units) makes it a partial approval.

    `then` follows a challenge that was passed, a deferral or a review; `after` is seconds until it does.
    `cvc` and `address` are the results of the checks that ride on the answer: match, no_match, unchecked, unavailable.
    """

    event: str
    reason: str = ""
    amount: int | None = None
    then: Answer | None = None
    after: float = 0.0
    how: str = ""  # of a challenge: redirect, native
    cvc: str = "match"
    address: str = "match"


def approve(amount: int | None = None, *, cvc: str = "match", address: str = "match") -> Answer:
    """Yes; for less than was asked where `amount` (minor units) is given."""
    return Answer("approve", amount=amount, cvc=cvc, address=address)


def decline(reason: str) -> Answer:
    """No, with a neutral word of fixtures/decline_reasons.toml."""
    return Answer("decline", reason)


def reject(reason: str) -> Answer:
    """No of the gateway itself (its risk rules), before or after the issuer was asked."""
    return Answer("reject", reason)


def challenge(then: Answer | None = None, how: str = "redirect") -> Answer:
    """3-D Secure first; `then` is the answer behind a challenge that was passed (default: approve)."""
    return Answer("challenge", then=then or approve(), how=how)


def defer(then: Answer | None = None, after: float = DEFERRED) -> Answer:
    """Not yet: `then` follows `after` seconds."""
    return Answer("defer", then=then or approve(), after=after)


def hold(then: Answer | None = None, after: float = REVIEWED) -> Answer:
    """Approved but in review: `then` (approve or reject) follows `after` seconds."""
    return Answer("hold", then=then or approve(), after=after)


class Issuer:
    """All banks of one world: which cards exist, and what each is answered."""

    def __init__(self, repertoire: Iterable[str]) -> None:
        self.repertoire = frozenset(repertoire)
        self._issued: dict[str, Card] = {}
        self._script: dict[str, list[Answer]] = {}

    def issue(self, card: Card) -> Card:
        """Make a card exist: a card nobody issued is answered `no_such_account`."""
        self._issued[card.key] = card
        return card

    def answers(self, card: Card, *answers: Answer) -> None:
        """Script a card's authorizations in order; the last answer stays for all later ones.

        Raises:
            UsageError: the gateway cannot give such an answer (`answers` of its `[ledger]` facts).
        """
        for answer in answers:
            beyond = sorted(_words(answer) - self.repertoire)
            if beyond:
                raise UsageError(
                    f"issuer: {card!r} cannot be answered {', '.join(beyond)!r} at this gateway "
                    f"(its repertoire: {', '.join(sorted(self.repertoire))})"
                )
        self.issue(card)
        self._script[card.key] = list(answers)

    def answer(self, card: Card) -> Answer:
        """The next answer for the card as it was presented: wrong expiry or CVC is the cardholder's own mistake."""
        issued = self._issued.get(card.key)
        if issued is None:
            return decline("no_such_account")
        if (card.exp_year, card.exp_month) != (issued.exp_year, issued.exp_month) and card.exp_year is not None:
            return decline("wrong_expiry")
        if card.cvc is not None and issued.cvc is not None and card.cvc != issued.cvc:
            return decline("wrong_security_code")
        script = self._script.get(card.key)
        if not script:
            return approve()
        return script.pop(0) if len(script) > 1 else script[0]

    def challenges(self, card: Card) -> bool:
        """Whether the next answer is a challenge: asked by a component in the browser, before there is a token."""
        return any(answer.event == "challenge" for answer in self._script.get(card.key, [])[:1])

    def issued(self, key: str) -> Card | None:
        """The card known under that key."""
        return self._issued.get(key)


def _words(answer: Answer) -> set[str]:
    """What an issuer must be able to say to answer so; how a review ends is not the issuer's word."""
    words = {answer.event} | ({"partial"} if answer.amount is not None else set())
    return words | _words(answer.then) if answer.then is not None and answer.event != "hold" else words
