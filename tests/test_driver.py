"""Driver classes: what their keywords declare, what they offer, and what is no driver."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import new_class
from typing import Any, ClassVar

import pytest

from paypact import Approved, Driver, Outcome, Payment, SimulatedGateway
from paypact.driver import OPERATIONS, Scope, is_driver, offered, scope_of
from paypact.errors import UsageError

NAMES = [
    ("ShopStripe", "shop-stripe"),
    ("Shop", "shop"),
    ("HTTPShop", "http-shop"),
    ("ShopHTTP", "shop-http"),
    ("ShopV2Legacy", "shop-v2-legacy"),
    ("shop", "shop"),
]


@pytest.mark.parametrize(("written", "name"), NAMES, ids=[row[0] for row in NAMES])
def test_a_driver_is_named_after_its_class(written: str, name: str) -> None:
    """Without a name of its own a column is headed by the class name in kebab case."""
    assert scope_of(made(written, gateway="tin")).name == name


def made(written: str = "Shop", *bases: type[Driver], **keywords: Any) -> type[Driver]:
    """A driver class with these keywords."""
    return new_class(written, bases or (Driver,), keywords)


def test_a_scope_holds_what_was_declared() -> None:
    """Lists become tuples, what is left out is None: all that the gateway's facts accept."""
    full = made(
        gateway="tin",
        name="till",
        currencies=["EUR", "KES"],
        schemes=("visa",),
        amounts={"EUR": (100, 5000)},
        countries={"KE"},
        wallets=[],
        api_version="2026-01-01",
        reasons={"no money": "insufficient_funds"},
        host="http",
        variants={"hosted": {"hosted": True}},
    )

    assert scope_of(full) == Scope(
        gateway="tin",
        name="till",
        currencies=("EUR", "KES"),
        schemes=("visa",),
        amounts={"EUR": (100, 5000)},
        countries=("KE",),
        wallets=(),
        api_version="2026-01-01",
        reasons={"no money": "insufficient_funds"},
        host="http",
        variants={"hosted": {"hosted": True}},
    )
    assert scope_of(made(gateway="tin")) == Scope(gateway="tin", name="shop")


def test_keywords_are_inherited_one_by_one_and_the_name_is_not() -> None:
    """A subclass changes what it says and keeps the rest; two classes never share a name by accident."""
    base = made("Base", currencies=["EUR"], amounts=(100, 5000))
    shop = made("Shop", base, gateway="tin", name="till")
    legacy = made("LegacyShop", shop, currencies=["JPY"])

    assert scope_of(shop) == Scope(gateway="tin", name="till", currencies=("EUR",), amounts=(100, 5000))
    assert scope_of(legacy) == Scope(gateway="tin", name="legacy-shop", currencies=("JPY",), amounts=(100, 5000))
    assert (is_driver(base), is_driver(shop), is_driver(legacy)) == (False, True, True)


def test_a_class_without_a_gateway_cannot_be_driven() -> None:
    """A base is no mistake until somebody drives it."""
    with pytest.raises(UsageError) as refused:
        scope_of(made("ShopBase"))

    assert str(refused.value) == ('driver ShopBase names no gateway: write `class ShopBase(Driver, gateway="...")`')


@pytest.mark.parametrize("value", [Driver, int, None, "Shop", made("Base")], ids=repr)
def test_what_is_no_driver(value: object) -> None:
    """Neither Driver itself, nor a base, nor anything else is collected."""
    assert not is_driver(value)


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"currencies": "EUR"}, "driver Shop: currencies='EUR' is one text; write currencies=['EUR']"),
    ({"schemes": "visa"}, "driver Shop: schemes='visa' is one text; write schemes=['visa']"),
    ({"countries": "KE"}, "driver Shop: countries='KE' is one text; write countries=['KE']"),
    ({"wallets": "apple_pay"}, "driver Shop: wallets='apple_pay' is one text; write wallets=['apple_pay']"),
    ({"host": "https"}, 'driver Shop: host=\'https\' is unknown; use host="process" or host="http"'),
]


@pytest.mark.parametrize(("keywords", "message"), MISTAKES, ids=[next(iter(row[0])) for row in MISTAKES])
def test_a_keyword_that_cannot_be_meant(keywords: dict[str, Any], message: str) -> None:
    """A mistake in a class statement is said where it stands."""
    with pytest.raises(UsageError) as refused:
        made(gateway="tin", **keywords)

    assert str(refused.value) == message


def test_a_keyword_nobody_knows() -> None:
    """What no class in the line takes is named, with what was meant; another base takes its own."""
    with pytest.raises(UsageError) as refused:
        made(gateway="tin", currency="EUR")

    assert str(refused.value) == (
        "driver Shop: unknown class keyword 'currency'; did you mean 'currencies'? (known: gateway, currencies, "
        "schemes, amounts, countries, wallets, api_version, reasons, host, variants, name)"
    )

    class Registered:
        taken: ClassVar[list[str]] = []

        def __init_subclass__(cls, *, table: str = "", **keywords: Any) -> None:
            super().__init_subclass__(**keywords)
            cls.taken.append(table)

    class Shop(Driver, Registered, gateway="tin", table="orders"):
        """Takes a keyword of its second base."""

    assert Registered.taken == ["orders"]


class Full(Driver):
    """Offers two operations, one of them asynchronous, and has attributes of its own with tempting names."""

    order = None  # not an operation: it cannot be called
    reverse = "anything"

    def __init__(self, gateway: SimulatedGateway) -> None:
        self.gateway, self.name, self.scope, self.payments = gateway, "mine", "mine", {}  # type: ignore[var-annotated]

    async def refund(self, transaction: str) -> Outcome:
        return Approved(transaction)

    def sale(self, payment: Payment) -> Outcome:
        return Approved(self.name)


def test_offered_means_that_the_attribute_exists() -> None:
    """Operations are found in the order of the list, inherited ones too; what is no function is not offered."""
    assert offered(Full) == ("sale", "refund")
    assert offered(made("More", Full)) == ("sale", "refund")
    assert offered(Driver) == ()
    assert " ".join(OPERATIONS) == (
        "sale authorize complete capture void refund verify store charge_stored lookup receive order"
    )


def test_an_instance_is_the_teams_own() -> None:
    """The base class puts nothing on an instance, so that every attribute is free."""
    gateway = SimulatedGateway("https://api.tin.example", {})

    assert vars(made(gateway="tin")(gateway)) == {}
    assert set(vars(Full(gateway))) == {"gateway", "name", "scope", "payments"}


def test_the_life_cycle_does_nothing_by_itself() -> None:
    """A driver overrides what it needs; the rest is silent."""
    gateway = SimulatedGateway("https://api.tin.example", {})
    driver = made(gateway="tin")(gateway)

    assert [driver.start(gateway), driver.stop(), driver.settle(), driver.close()] == [None] * 4
    assert isinstance(driver.thread(), AbstractContextManager)
