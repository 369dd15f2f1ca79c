"""The account: credentials, what it remembers beside the ledger, ids, money, refusals. All other modules get it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from types import MappingProxyType
from typing import Any

from paypact.cards.card import Card
from paypact.currencies import exponent
from paypact.gateways.braintree import wire
from paypact.gateways.facts import TestCard
from paypact.world.http import Refusal, Response
from paypact.world.idempotency import IdempotencyKeys
from paypact.world.ids import letters
from paypact.world.simulator import Simulator
from paypact.world.world import World


@dataclass(slots=True, eq=False)
class Method:
    """A card as a nonce, a stored token or a request's own fields hold it."""

    card: Card
    test: TestCard | None = None
    secure: wire.ThreeDSecureInfo | None = None  # what became of 3-D Secure in the browser
    spent: bool = False
    token: str | None = None
    customer: str | None = None


@dataclass(slots=True, eq=False)
class Record:
    """What the wire shows of a transaction beside its ledger entries."""

    id: str
    created: datetime
    type: str
    merchant_account: str
    order_id: str | None
    method: Method
    currency: str
    asked: Mapping[str, Any]
    history: list[tuple[str, datetime, int]] = field(default_factory=list)
    adjustments: list[wire.AuthorizationAdjustment] = field(default_factory=list)
    rejection: str | None = None  # why the gateway itself refused


@cache
def _credentials() -> Mapping[str, str]:
    return MappingProxyType(
        {f"{name}_{kind}": letters("paypact", name, length=length) for name, kind, length in _CREDENTIALS}
    )


_RESULTS = {True: "passed", False: "failed"}
_CREDENTIALS = (("merchant", "id", 16), ("public", "key", 16), ("private", "key", 32))


@cache
def _accounts(currencies: tuple[str, ...]) -> Mapping[str, str]:
    return MappingProxyType({currency: f"paypact_{currency.lower()}" for currency in currencies})


class Account(Simulator):
    """One gateway account in one world, with a merchant account a currency; the plainest is the default."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.nonces: dict[str, Method] = {}
        self.vault: dict[str, Method] = {}
        self.customers: dict[str, dict[str, Any]] = {}
        self.made: list[Any] = []  # every transaction, as its ledger entry
        self.by_order: dict[str, list[Any]] = {}
        self.recent: dict[Any, Any] = {}  # the last success of each kind that a repetition would be one of
        self.keys = IdempotencyKeys(world.clock.time, self.facts.wire["request_keys"]["seconds"])
        self.window = self.facts.wire["duplicates"]["seconds"]

    @classmethod
    def credentials(cls) -> Mapping[str, str]:
        return _credentials()

    @classmethod
    def accounts(cls) -> Mapping[str, str]:
        return _accounts(cls.facts.currencies.accepted)

    # --- making -------------------------------------------------------------------------------------------------

    def make_id(self, kind: str = "", of: object = "") -> str:
        """A new id of the wire; with `of`, the one that belongs to that."""
        return letters(self.serial, kind, of or next(self._ids), length=8)

    def now(self) -> datetime:
        return datetime.fromtimestamp(int(self.world.clock.time()), UTC)

    def tokenize(self, card: Card) -> str:
        nonce = f"tokencc_bf_{letters(self.serial, 'nonce', next(self._ids), length=24)}"
        passed = self.world.shopper.beforehand(card)
        secure = None if passed is None else self.three_d_secure(self.facts.wire["three_d_secure"][_RESULTS[passed]])
        self.nonces[nonce] = Method(card, self.words.numbers.get(card.number), secure)
        return nonce

    def three_d_secure(self, said: Mapping[str, Any]) -> wire.ThreeDSecureInfo:
        """What the browser's 3-D Secure came to, as the nonce carries it; `said` as the facts have it."""
        status, shifted = said["three_d_secure"], said["liability_shifted"]
        return wire.ThreeDSecureInfo(
            cavv=letters("cavv", self.serial, length=28) if shifted else None,
            ds_transaction_id=letters("ds", self.serial, status, length=32),
            eci_flag=said["eci"],
            enrolled="N" if status == "lookup_not_enrolled" else "Y",
            liability_shift_possible=said["liability_shift_possible"],
            liability_shifted=shifted,
            status=status,
            three_d_secure_authentication_id=letters("3ds", self.serial, status, length=20),
            three_d_secure_version="2.2.0",
        )

    # --- money --------------------------------------------------------------------------------------------------

    def places(self, currency: str) -> int:
        return self.facts.currencies.exponents.get(currency, exponent(currency))

    def text(self, minor: int, currency: str) -> str:
        """ISO 4217 minor units as Braintree writes them."""
        return f"{Decimal(self.words.wire(minor, currency)).scaleb(-self.places(currency)):f}"

    def minor(self, text: Any, currency: str) -> int:
        """ISO 4217 minor units of an amount in a request.

        Raises:
            Refusal: it is no amount, none that is greater than nothing, or has too many decimals or digits.
        """
        if text in (None, ""):
            raise self.refuse("amount_required")
        try:
            units = Decimal(text).scaleb(self.places(currency))
        except InvalidOperation:
            raise self.refuse("amount_format") from None
        if not units.is_finite() or units != units.to_integral_value():
            raise self.refuse("amount_format")
        if units <= 0:
            raise self.refuse("amount_negative" if units < 0 else "amount_zero")
        if units > self.facts.limits["amount"]:
            raise self.refuse("amount_large")
        return self.words.minor(int(units), currency)

    def settled_by(self, wanted: str | None) -> tuple[str, str]:
        """The merchant account that a request names, or the default, and its currency.

        Raises:
            Refusal: there is no such account.
        """
        for currency, id_ in self.accounts().items():
            if wanted in (None, "", id_):
                return id_, currency
        raise self.refuse("merchant_account")

    # --- refusals -----------------------------------------------------------------------------------------------

    def refuse(self, rule: str, asked: Mapping[str, Any] | None = None) -> Refusal:
        """The refusal for one rule of the facts."""
        return Refusal(self.refusal(rule, asked))

    def refusal(self, rule: str, asked: Mapping[str, Any] | None = None) -> Response:
        fact = self.facts.refusals.get(rule) or self.facts.refusals["*"]
        return self._refused(fact.status, fact.wire, rule, asked or {})

    def _refused(self, status: int, said: Mapping[str, Any], rule: str, asked: Mapping[str, Any]) -> Response:
        error = wire.Error(attribute=said["attribute"], code=said["code"], message=said["message"])
        owner = said.get("on", "transaction")
        nested: dict[str, Any] = {"errors": [error]}
        if owner in ("credit_card", "billing"):
            nested, owner = {"errors": [], owner: nested}, "transaction"
        body = wire.ApiErrorResponse(errors={"errors": [], owner: nested}, message=said["message"], params=dict(asked))
        return Response(status, {"api_error_response": body}, refused=rule)

    def missing(self) -> Refusal:
        """Nothing has that id."""
        return Refusal(Response(404, b"", refused="not found"))

    def error(self, word: str) -> Response:
        fact = self.facts.errors[word]
        if fact.wire:
            return self._refused(fact.status, fact.wire, word, {})
        return Response(fact.status, b"", {"content-type": "text/html", **fact.headers}, refused=word)
