"""Zinc's simulator: Tin's, behind another request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tin.simulator import Tin

from paypact.cards.card import Card
from paypact.currencies import exponent
from paypact.world.books import Authorization
from paypact.world.http import Response

ACCOUNTS = {currency: f"zinc-{currency.lower()}" for currency in ("EUR", "USD", "JPY", "HUF", "KWD")}


class Zinc(Tin):
    """One world's Zinc."""

    @classmethod
    def accounts(cls) -> Mapping[str, str]:
        return ACCOUNTS

    def tokenize(self, card: Card) -> str:
        return ""

    def charge(self, given: dict[str, Any]) -> Response:
        amount, shopper = given["amount"], given["shopper"]
        for name, text in (("name", shopper["name"]), ("description", given["note"])):
            if len(text) > self.facts.limits["shopper"][name]:
                return Response(422, {"error": f"{name} is too long"}, refused="text_too_long")
        minor = self.minor(amount["value"], amount["currency"])
        if isinstance(minor, Response):
            return minor
        typed = given["card"]
        issued = self.world.issuer.issued(typed["number"])
        assert issued is not None
        card = replace(issued, exp_month=int(typed["month"]), exp_year=2000 + int(typed["year"]), cvc=typed["code"])
        self.tokens["typed"] = card
        return super().charge({**given, "token": "typed", "amount": minor, "currency": amount["currency"]})

    def movement(self, kind: Any, charge: Authorization, amount: Any) -> Response:
        minor = self.minor(amount["value"], charge.purchase.price.currency) if amount else None
        return minor if isinstance(minor, Response) else super().movement(kind, charge, minor)

    def minor(self, text: str, currency: str) -> int | Response:
        """ISO 4217 minor units of a decimal text; a refusal where Zinc has fewer decimals, or charges no such sum."""
        facts = self.facts.currencies
        digits = facts.exponents.get(currency, exponent(currency))
        units = Decimal(text).scaleb(digits)
        if units != units.to_integral_value():
            return Response(422, {"error": f"{currency} has {digits} decimals"}, refused="amount_inexact")
        if not facts.minimums.get(currency, 1) <= units <= self.facts.limits["amount"]:
            return Response(422, {"error": "amount out of bounds"}, refused="amount_limit")
        return int(units.scaleb(exponent(currency) - digits))


SIMULATOR = Zinc
