"""Vocabulary: what follows from a gateway's facts alone: its words for cards, its unit of money, its test cards."""

from __future__ import annotations

from typing import Final

from paypact.cards.card import Card
from paypact.currencies import exponent
from paypact.gateways.facts import Facts, SchemeFact, TestCard

_UNLISTED: Final = SchemeFact(
    source="in no list", standing="unconfirmed", brand="unknown", code="card_product_unsupported"
)


class Vocabulary:
    """Look-ups over one gateway's facts."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.numbers: dict[str, TestCard] = {}  # published test cards by number; of several, the plainest
        self.tokens: dict[str, TestCard] = {}  # and by the vendor's name for them
        for test in facts.test_cards:
            self.numbers.setdefault(test.number, test)
            if test.token:
                self.tokens[test.token] = test
        self._schemes: dict[tuple[str, ...], list[SchemeFact]] = {}
        shifts = {one: digits - exponent(one) for one, digits in facts.currencies.exponents.items()}
        self._finer: dict[str, int] = {one: 10**shift for one, shift in shifts.items() if shift > 0}
        self._coarser: dict[str, int] = {one: 10**-shift for one, shift in shifts.items() if shift < 0}

    # --- money --------------------------------------------------------------------------------------------------

    def minor(self, amount: int, currency: str) -> int:
        """ISO 4217 minor units of an amount on the wire; `currency` in upper case."""
        return amount * self._coarser.get(currency, 1) // self._finer.get(currency, 1)

    def wire(self, minor: int, currency: str) -> int:
        """The amount on the wire of ISO 4217 minor units; `currency` in upper case."""
        return minor * self._finer.get(currency, 1) // self._coarser.get(currency, 1)

    # --- cards --------------------------------------------------------------------------------------------------

    def _facts(self, card: Card) -> list[SchemeFact]:
        """The facts of the schemes a card can run on, the international one first."""
        known = self._schemes.get(card.networks)
        if known is None:
            known = [self.facts.schemes.get(one, _UNLISTED) for one in reversed(card.networks)]
            self._schemes[card.networks] = known
        return known

    def refusal(self, card: Card) -> str | None:
        """The neutral word by which a card of this kind is refused; None where one of its networks is taken.

        A wallet card that names no network is taken.
        """
        words = [fact.code for fact in self._facts(card)]
        return None if not words or None in words else words[0]

    def brand(self, card: Card) -> str:
        """The gateway's word for the card's brand: of a co-badged card, that of the international scheme."""
        return next((fact.brand for fact in self._facts(card) if fact.code is None), "unknown")

    def networks(self, card: Card) -> list[str]:
        """The gateway's words for the networks that the card can run on there; never empty."""
        taken = [fact.network or fact.brand for fact in self._facts(card) if fact.code is None]
        return list(dict.fromkeys(taken)) or ["unknown"]

    def chosen(self, card: Card) -> str | None:
        """The gateway's word for the network that the shopper chose; None where no choice was made."""
        if card.network is None:
            return None
        fact = self.facts.schemes.get(card.network, _UNLISTED)
        return fact.network or fact.brand
