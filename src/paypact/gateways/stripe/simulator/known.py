"""What follows from the facts alone, worked out once: the vendor's words for cards, its units of money, its test cards."""

from __future__ import annotations

from paypact.cards.card import Card
from paypact.currencies import exponent
from paypact.gateways.facts import Facts, SchemeFact, TestCard

_NOBODY = SchemeFact(source="no list", standing="unconfirmed", brand="unknown", code="card_product_unsupported")


class Known:
    """Look-ups over one facts table."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.numbers: dict[str, TestCard] = {}
        self.tokens: dict[str, TestCard] = {}
        for test in facts.test_cards:
            self.numbers.setdefault(test.number, test)
            if test.token:
                self.tokens[test.token] = test
        self.display: dict[str, str] = facts.wire["display_brand"]["words"]
        self.reasons = {fact.wire["code"]: word for word, fact in facts.declines.items() if fact.wire["code"] != "card_declined"}
        self._shifts = {
            currency.lower(): digits - exponent(currency) for currency, digits in facts.currencies.exponents.items()
        }

    # --- money --------------------------------------------------------------------------------------------------

    def minor(self, amount: int, currency: str) -> int:
        """ISO 4217 minor units of an amount on the wire."""
        shift = self._shifts.get(currency)
        if not shift:
            return amount
        return amount // 10**shift if shift > 0 else amount * 10**-shift

    def wire(self, minor: int, currency: str) -> int:
        """The amount on the wire of ISO 4217 minor units."""
        shift = self._shifts.get(currency)
        if not shift:
            return minor
        return minor * 10**shift if shift > 0 else minor // 10**-shift

    # --- cards --------------------------------------------------------------------------------------------------

    def _facts(self, card: Card) -> list[SchemeFact]:
        """The facts of the schemes a card can run on, the international one first."""
        return [self.facts.schemes.get(one, _NOBODY) for one in reversed(card.networks)]

    def accepts(self, card: Card) -> bool:
        """Whether a network of this card is taken. A wallet that names none is."""
        return not card.networks or any(fact.code is None for fact in self._facts(card))

    def brand(self, card: Card) -> str:
        """`card.brand`: of a co-badged card that of the international scheme."""
        return next((fact.brand for fact in self._facts(card) if fact.code is None), "unknown")

    def networks(self, card: Card) -> list[str]:
        """`card.networks.available`, never empty."""
        taken = [fact.network or fact.brand for fact in self._facts(card) if fact.code is None]
        return list(dict.fromkeys(taken)) or ["unknown"]

    def chosen(self, card: Card, preferred: str | None) -> str | None:
        """The network that the request or the shopper chose, in the vendor's word; None where nobody chose."""
        if preferred is not None:
            return preferred if preferred in self.networks(card) else "invalid_preference"
        if card.network is None:
            return None
        fact = self.facts.schemes.get(card.network, _NOBODY)
        return fact.network or fact.brand
