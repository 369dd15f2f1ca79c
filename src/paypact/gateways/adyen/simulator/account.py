"""The company account: what it remembers beside the ledger, ids, look-ups, refusals. Other modules are handed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar

from paypact.cards.card import Card
from paypact.gateways.adyen import wire
from paypact.gateways.vocabulary import Vocabulary
from paypact.payments import Money
from paypact.world import ids
from paypact.world.books import Authorization, Purchase
from paypact.world.http import NotSimulatedError, Refusal, Response
from paypact.world.idempotency import IdempotencyKeys
from paypact.world.simulator import Simulator
from paypact.world.wire import UNSET
from paypact.world.world import World


def letters(*parts: object, length: int) -> str:
    """Ids have no small letters here."""
    return ids.letters(*parts, length=length).upper()


@cache
def _credentials(merchant: str) -> Mapping[str, str]:
    return MappingProxyType(
        {
            "api_key": f"AQE{letters('api key', length=60)}",
            "merchant_account": merchant,
            "hmac_key": letters("webhooks", length=64),
            "webhook_username": "paypact",
            "webhook_password": letters("password", length=24),
        }
    )


@dataclass(slots=True)
class Stored:
    """A stored card of one shopper."""

    id: str
    card: Card
    shopper: str
    model: str


class Account(Simulator):
    """One company account in one world, with several merchant accounts."""

    _derived: ClassVar[tuple[Vocabulary, dict[str, Any], dict[str, str]] | None] = None  # once for all worlds

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.stored: dict[str, Stored] = {}
        self.wallets: dict[str, Card] = {}  # by the token that a wallet made
        self.challenges: dict[str, Authorization] = {}  # by what stands in the URL or the component's token
        self.results: dict[str, tuple[Authorization, bool]] = {}  # by what a challenge came back with
        self.keys = IdempotencyKeys(world.clock.time, self.facts.limits["idempotency_seconds"])
        if Account._derived is None or Account._derived[0] is not self.words:
            said: dict[str, Any] = {
                row["name"]: row for row in self.facts.wire["accounts"].values() if isinstance(row, dict)
            }
            schemes = {fact.brand: scheme for scheme, fact in reversed(self.facts.schemes.items())}
            Account._derived = self.words, said, schemes
        self.merchants: dict[str, Any] = Account._derived[1]  # by name
        self.schemes: dict[str, str] = Account._derived[2]  # by Adyen's word for the brand

    @classmethod
    def credentials(cls) -> Mapping[str, str]:
        return _credentials(cls.facts.wire["accounts"]["immediate"]["name"])

    @classmethod
    def accounts(cls) -> Mapping[str, str]:
        return {"*": cls.credentials()["merchant_account"]}

    # --- making and finding -------------------------------------------------------------------------------------

    def psp(self, *of: object) -> str:
        """A PSP reference: a new one, or the one that belongs to these parts."""
        return letters(self.serial, *(of or (next(self._ids),)), length=16)

    def open(self, amount: dict[str, Any], reference: str, data: Any) -> Purchase:
        """The purchase of a payment or session.

        Raises:
            Refusal: not an amount that Adyen takes.
        """
        value, currency = amount["value"], amount["currency"]
        if currency not in self.facts.currencies.accepted:
            raise self.refuse("currency_invalid")
        if value < 0:
            raise self.refuse("amount_invalid")
        purchase = self.ledger.open(Money(self.words.minor(value, currency), currency), reference, data)
        self.ledger.name(f"reference {reference}", purchase)  # of several the newest
        return purchase

    def payment(self, psp: str) -> Authorization:
        held = self.ledger.named(psp, Authorization)
        if held is None:
            raise self.refuse("original_missing")
        return held

    def amount(self, minor: int, currency: str) -> wire.Amount:
        return wire.Amount(currency=currency, value=self.words.wire(minor, currency))

    # --- refusals -----------------------------------------------------------------------------------------------

    def refuse(self, rule: str, **parts: object) -> Refusal:
        """The refusal for one rule of the facts; `parts` fill the text."""
        fact = self.facts.refusals[rule]
        return Refusal(self._said(fact.status, fact.wire, parts, rule, self.psp()))

    def failure(self, word: str) -> Response:
        """A failure that no request executed."""
        fact = self.facts.errors[word]
        response = self._said(fact.status, fact.wire, {}, word, UNSET)
        response.headers |= fact.headers
        return response

    def _said(self, status: int, said: Mapping[str, str], parts: Mapping[str, object], rule: str, psp: Any) -> Response:
        text = said["message"]
        for name, part in parts.items():
            text = text.replace(f"{{{name}}}", str(part))
        body = wire.Error(status=status, code=said["errorCode"], message=text, type=said["errorType"], psp=psp)
        return Response(status, body, {"content-type": "application/json;charset=utf-8"}, rule)

    def not_simulated(self, what: str) -> NotSimulatedError:
        return NotSimulatedError(f"Adyen {what}")
