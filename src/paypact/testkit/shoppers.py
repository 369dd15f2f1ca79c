"""Shoppers of a case: who buys, what is in the basket, how it is described, what of it is beyond a vendor's limits."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from paypact import tables
from paypact.customers import LOCALES, customer
from paypact.gateways.facts import Facts
from paypact.payments import Address, Customer, Item, Money, Payment
from paypact.testkit.case import Case
from paypact.testkit.target import Target

PLAIN: Final = Customer(
    name="Test Cardholder",
    email="shopper@example.com",
    phone=None,
    address=Address("1 Main Street", None, "Portland", "OR", "97201", "US"),
    locale="en-US",
    ip="203.0.113.7",
)
TITLE: Final = "Umbrella"
LINES: Final = 100  # of a large basket
# No shopper's own data is longer, whatever a vendor takes: RFC 5321 for mail, ITU E.164 and its blanks for phones.
_LONGEST: Final = {"email": 254, "phone": 20, "line1": 200, "line2": 200, "city": 100, "region": 100, "postcode": 20}
_ENDLESS: Final = 10_000
_PLAYED: Final[Counter[str]] = Counter()
_LIMITED: Final = ("at the limit", "beyond")


class _Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line1: str
    city: str
    country: str
    line2: str | None = None
    region: str | None = None
    postcode: str | None = None


class _Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    email: str = PLAIN.email
    phone: str | None = None
    ip: str = PLAIN.ip


class _Shoppers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    names: dict[str, str]
    addresses: dict[str, _Place]
    contacts: dict[str, _Contact]
    languages: dict[str, str]
    titles: dict[str, str]
    descriptions: dict[str, str]


@cache
def _table() -> _Shoppers:
    return tables.load(files("paypact.fixtures") / "shoppers.toml", _Shoppers)


def words(target: Target, kind: str) -> tuple[str, ...]:
    """What may be special about a shopper, as cases spell it: `name: one word`. What is `beyond`, no vendor takes."""
    return tuple(f"{kind}: {word}" for word in _words(target, kind))


def _words(target: Target, kind: str) -> Iterator[str]:
    table, limits = _table(), _limits(target.gateway.facts)
    match kind:
        case "name":
            yield from table.names
        case "address":
            yield from (word for word, place in table.addresses.items() if _at_home(target, place.country))
        case "contact":
            yield from table.contacts
        case "title":
            yield from table.titles
        case "description":
            yield from table.descriptions
        case "basket":
            yield from _BASKETS
        case "language":
            yield from table.languages
            yield from (locale for locale in LOCALES if _at_home(target, locale.rpartition("-")[2]))
        case "at the limit":
            yield from limits
        case "beyond":
            yield from limits
            yield from (f"endless {field}" for field, most in limits.items() if most < _ENDLESS)


def order_name(story: str) -> str:
    """A name for an order that no other play of this process has, the same in every run that plays the same."""
    key = hashlib.sha256(story.encode()).hexdigest()[:10]
    _PLAYED[key] += 1
    return f"order-{key}-{_PLAYED[key]}"


def dressed(target: Target, case: Case, money: Money) -> tuple[Customer, tuple[Item, ...], str]:
    """The case's shopper, basket and description; a description that is not the case's own is empty."""
    kind, _, word = case.buyer.partition(": ")
    if not kind:
        return _plain(target), _basket("", "", money), ""
    return _person(target, case, kind, word), _basket(kind, word, money), _description(target, kind, word)


def _basket(kind: str, word: str, money: Money) -> tuple[Item, ...]:
    if kind == "basket":
        return _BASKETS[word](money)
    return (Item(_table().titles[word] if kind == "title" else TITLE, 1, money),)


def _description(target: Target, kind: str, word: str) -> str:
    if kind in _LIMITED and word.endswith("description"):
        return _long("description", _length(target, kind, word))
    return _table().descriptions[word] if kind == "description" else ""


def _person(target: Target, case: Case, kind: str, word: str) -> Customer:
    plain, table = _plain(target), _table()
    match kind:
        case "name":
            return replace(plain, name=table.names[word])
        case "address":
            return replace(plain, address=Address(**msgspec.structs.asdict(table.addresses[word])))
        case "contact":
            return replace(plain, **msgspec.structs.asdict(table.contacts[word]))
        case "language" if word in table.languages:
            return replace(plain, locale=table.languages[word])
        case "language":
            return customer(word, case.digits % 1_000)
        case _ if kind in _LIMITED and not word.endswith("description"):
            field = word.removeprefix("endless ")
            long: dict[str, Any] = {field: _long(field, _length(target, kind, word))}
            if hasattr(plain.address, field):
                return replace(plain, address=replace(plain.address, **long))
            return replace(plain, **long)
        case _:
            return plain


def too_long(facts: Facts, payment: Payment) -> list[str]:
    """The fields of a payment that are longer than the vendor takes."""
    person, found = payment.customer, []
    for field, most in _limits(facts).items():
        owner = payment if field == "description" else person.address if hasattr(person.address, field) else person
        if len(getattr(owner, field) or "") > most:
            found.append(field)
    return found


def shown(target: Target, payment: Payment, word: str) -> str:
    """What is special about a shopper, in a sentence: `name: one word ('Cardholder')`."""
    kind, _, detail = word.partition(": ")
    person = payment.customer
    match kind:
        case "name":
            value = f"{person.name!r}"
        case "language":
            value = f"{person.name!r} at {person.address.city!r}, locale {person.locale}"
        case "address":
            address = person.address
            parts = (address.line1, address.line2, address.city, address.region, address.postcode, address.country)
            value = ", ".join(filter(None, parts))
        case "contact":
            value = ", ".join(filter(None, (person.email, person.phone, person.ip)))
        case "title":
            value = f"{payment.items[0].name!r}"
        case "description":
            value = f"{payment.description!r}"
        case "basket":
            value = f"{len(payment.items)} lines, {sum(item.quantity for item in payment.items)} pieces"
        case "beyond":
            word, value = f"{detail} beyond the limit", f"{_length(target, kind, detail)} characters"
        case _:
            word, value = f"{detail} {kind}", f"{_length(target, kind, detail)} characters"
    return f"{word} ({value})"


def _long(field: str, length: int) -> str:
    if field == "email":  # labels of a domain have at most 63 characters
        name = "t" * min(64, length // 2)
        rest = length - len(name) - len("@.example")
        return f"{name}@{'.'.join('d' * min(63, rest - at) for at in range(0, rest, 64))}.example"
    if field == "phone":
        return "+44" + "0" * (length - 3)
    return ("Test Cardholder " * (length // 16 + 1))[: length - 1] + "x"


def _length(target: Target, kind: str, word: str) -> int:
    field = word.removeprefix("endless ")
    most = _limits(target.gateway.facts)[field]
    if kind == "beyond":
        return most + 1 if field == word else _ENDLESS
    return min(most, _LONGEST.get(field, most))


def _limits(facts: Facts) -> Mapping[str, int]:
    found: Mapping[str, int] = facts.limits.get("shopper", {})
    return found


def _at_home(target: Target, country: str) -> bool:
    return target.scope.countries is None or country in target.scope.countries


def _plain(target: Target) -> Customer:
    """The plainest shopper whom the driver declares to serve."""
    if _at_home(target, PLAIN.address.country):
        return PLAIN
    return _of_country((target.scope.countries or ("",))[0])


@cache
def _of_country(country: str) -> Customer:
    known = next((place for place in _table().addresses.values() if place.country == country), None)
    if known is not None:
        return replace(PLAIN, address=Address(**msgspec.structs.asdict(known)))
    locale = next((locale for locale in LOCALES if locale.endswith(country)), None)
    if locale is not None:
        return replace(PLAIN, address=customer(locale, 0).address)
    return replace(PLAIN, address=Address("1 Main Street", None, "Test", None, "10000", country))


def _lines(money: Money, count: int, title: Callable[[int], str]) -> tuple[Item, ...]:
    each = money.minor // count
    prices = (money.minor - each * (count - 1), *(each for _ in range(count - 1)))
    return tuple(Item(title(at), 1, Money(price, money.currency)) for at, price in enumerate(prices, 1))


def _pieces(money: Money) -> tuple[Item, ...]:
    each, rest = divmod(money.minor, 1_000)
    return (Item(TITLE, 1_000, Money(each, money.currency)), Item("Shipping", 1, Money(rest, money.currency)))


_BASKETS: Final[Mapping[str, Callable[[Money], tuple[Item, ...]]]] = {
    "two lines": lambda money: _lines(money, 2, lambda at: f"{TITLE} {at}"),
    "the same title twice": lambda money: _lines(money, 2, lambda _: TITLE),
    "a free gift": lambda money: (Item(TITLE, 1, money), Item("Gift", 1, Money(0, money.currency))),
    "1000 pieces": _pieces,
    f"{LINES} lines": lambda money: _lines(money, LINES, lambda at: f"{TITLE} number {at}, extra long, with carabiner"),
}
