"""Zinc integrations with one flaw each, and two that look at a card's expiry and are right."""

from __future__ import annotations

import calendar
import html
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from paypact import Approved, Money, Outcome, Payment, Rejected
from zinc.integration import ISO, ZincPayments, ZincShop

# --- money ------------------------------------------------------------------------------------------------------------


class CentsAsUnits(ZincPayments):
    def value(self, money: Money) -> str:
        return f"{money.minor:.2f}" if ISO.get(money.currency, 2) == 2 else super().value(money)


class FloatCut(ZincPayments):
    def value(self, money: Money) -> str:
        if ISO.get(money.currency, 2) != 2 or money.currency == "HUF":
            return super().value(money)
        return f"{int(money.minor / 100 * 100) / 100:.2f}"


class Rounded(ZincPayments):
    def value(self, money: Money) -> str:
        if money.currency != "HUF":
            return super().value(money)
        return str(round(Decimal(money.minor) / 100))


class OneAccount(ZincPayments):
    def account(self, money: Money) -> str:
        return "zinc-eur"


class HundredfoldZinc(ZincShop):
    code = CentsAsUnits


class ShortZinc(ZincShop):
    code = FloatCut


class RoundedZinc(ZincShop):
    code = Rounded


class OneAccountZinc(ZincShop):
    code = OneAccount


class OneCurrencyZinc(ZincShop):
    """Sends the shop's own currency, whatever the order's."""

    def sale(self, payment: Payment) -> Outcome:
        return super().sale(replace(payment, amount=Money(payment.amount.minor, "EUR")))


class PartIsAllZinc(ZincShop):
    """Captures all, whatever was asked."""

    def capture(self, transaction: str, amount: Money | None = None) -> Outcome:
        return super().capture(transaction, None)


class ClaimsZinc(ZincShop):
    """Refunds what was asked, and says it was half."""

    def refund(self, transaction: str, amount: Money | None = None) -> Outcome:
        outcome = super().refund(transaction, amount)
        if amount is None or not isinstance(outcome, Approved):
            return outcome
        return Approved(outcome.transaction, Money(amount.minor // 2, amount.currency))


# --- expiry -----------------------------------------------------------------------------------------------------------


class Checked(ZincShop):
    """Looks at the card's expiry before it asks the gateway."""

    def expired(self, year: int, month: int) -> bool:
        raise AssertionError

    def sale(self, payment: Payment) -> Outcome:
        card = payment.card
        assert card.exp_year is not None
        assert card.exp_month is not None
        if self.expired(card.exp_year, card.exp_month):
            return Rejected("expired")
        return super().sale(payment)


class LocalZinc(Checked):
    """Right, by the shop's own calendar."""

    def expired(self, year: int, month: int) -> bool:
        today = date.today()  # noqa: DTZ011 - the shop's own
        return (year, month) < (today.year, today.month)


class UniversalZinc(Checked):
    """Right, by UTC."""

    def expired(self, year: int, month: int) -> bool:
        today = datetime.now(UTC)
        return (year, month) < (today.year, today.month)


class FirstDayZinc(Checked):
    def expired(self, year: int, month: int) -> bool:
        return date(year, month, 1) < date.today()  # noqa: DTZ011 - the shop's own


class LastMidnightZinc(Checked):
    def expired(self, year: int, month: int) -> bool:
        return datetime(year, month, calendar.monthrange(year, month)[1]) < datetime.now()  # noqa: DTZ001, DTZ005


class NextMonthZinc(Checked):
    def expired(self, year: int, month: int) -> bool:
        return date(year, month + 1, 1) <= date.today()  # noqa: DTZ011 - the shop's own


class TwoDigitsZinc(Checked):
    def expired(self, year: int, month: int) -> bool:
        return year % 100 < date.today().year  # noqa: DTZ011 - the shop's own


class YearOff(ZincPayments):
    def card(self, payment: Payment) -> dict[str, Any]:
        return {**super().card(payment), "year": "34"}


class YearOffZinc(ZincShop):
    code = YearOff


# --- customers --------------------------------------------------------------------------------------------------------


class TwoNames(ZincPayments):
    def shopper(self, payment: Payment) -> dict[str, Any]:
        first, last = payment.customer.name.split(" ", 1)
        return {"name": f"{last}, {first}"}


class Latin(ZincPayments):
    def shopper(self, payment: Payment) -> dict[str, Any]:
        return {"name": payment.customer.name.encode().decode("latin-1")[:40]}


class Escaped(ZincPayments):
    def shopper(self, payment: Payment) -> dict[str, Any]:
        return {"name": payment.customer.name, "first": html.escape(payment.items[0].name)}


class Postcodes(ZincPayments):
    def shopper(self, payment: Payment) -> dict[str, Any]:
        postcode: Any = payment.customer.address.postcode
        return {"name": payment.customer.name, "postcode": postcode.replace(" ", "")}


class Everything(ZincPayments):
    def charge(self, payment: Payment, *, capture: bool) -> dict[str, Any] | None:
        listed = ", ".join(item.name for item in payment.items)
        return super().charge(replace(payment, description=listed), capture=capture)


class TwoNamesZinc(ZincShop):
    code = TwoNames


class LatinZinc(ZincShop):
    code = Latin


class EscapedZinc(ZincShop):
    code = Escaped


class PostcodesZinc(ZincShop):
    code = Postcodes


class EverythingZinc(ZincShop):
    code = Everything


class UncaughtZinc(ZincShop):
    """A refusal of the gateway is an exception that nobody catches."""

    def guarded(self, call: Any, *arguments: Any) -> Outcome:
        outcome: Outcome = call(*arguments)
        return outcome
