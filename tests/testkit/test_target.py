"""Targets, profiles and promises: what is driven, how far, by which promises; and what cannot be meant."""

from __future__ import annotations

from types import new_class
from typing import Any

import pytest

from paypact import Unknown
from paypact.cards.reasons import reasons
from paypact.driver import OPERATIONS, Driver
from paypact.errors import UsageError
from paypact.gateways import names
from paypact.report.model import Integration
from paypact.testkit.profiles import PROFILES, profile
from paypact.testkit.promise import Promise, promise, promises
from paypact.testkit.target import targets


def shop(*operations: str, **keywords: Any) -> type[Driver]:
    """A driver class that offers these operations."""
    offered = dict.fromkeys(operations or ("sale",), lambda driver, *_: Unknown())
    return new_class("Shop", (Driver,), {"gateway": "tin", **keywords}, lambda space: space.update(offered))


def test_a_class_is_a_column_and_each_variant_one() -> None:
    """Without variants one column, else one a variant, told apart by name."""
    (plain,) = targets(shop(), "tests/test_payments.py")
    hosted, own = targets(shop(variants={"hosted": {"hosted": True}, "own": {}}))

    assert (plain.name, plain.keywords, plain.file) == ("shop", {}, "tests/test_payments.py")
    assert [(each.name, each.keywords) for each in (hosted, own)] == [
        ("shop.hosted", {"hosted": True}),
        ("shop.own", {}),
    ]


def test_the_scope_is_what_was_declared_or_what_the_gateway_takes() -> None:
    """Schemes that the gateway refuses are out of scope unless the driver claims them."""
    (plain,) = targets(shop())
    (narrow,) = targets(shop(schemes=["jcb", "mir"], currencies=["JPY"]))

    assert (plain.schemes, plain.currencies) == (("visa", "mastercard", "amex", "jcb"), ("EUR", "JPY"))
    assert (narrow.schemes, narrow.currencies) == (("jcb", "mir"), ("JPY",))


def test_a_column_says_what_it_offers_and_what_is_missing() -> None:
    """For the matrix: what cannot be covered is named, not passed over."""
    (target,) = targets(shop("refund", "sale"), "shop.py")

    assert target.described() == Integration(
        name="shop",
        gateway="tin",
        driver="types:Shop",
        file="shop.py",
        operations=("sale", "refund"),
        missing=tuple(each for each in OPERATIONS if each not in ("sale", "refund")),
    )
    assert target.offers("sale", "refund")
    assert not target.offers("sale", "void")


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"gateway": "tinn"}, "unknown gateway 'tinn'; did you mean 'tin'? (known: {gateways})"),
    (
        {"schemes": ["visa", "elo", "jcp"]},
        "driver Shop: schemes=['elo', 'jcp'] is unknown at gateway 'tin' (known: visa, mastercard, amex, jcb, mir)",
    ),
    ({"currencies": ["usd"]}, "driver Shop: currencies=['usd'] is unknown at gateway 'tin' (known: EUR, JPY)"),
    ({"wallets": ["link"]}, "driver Shop: wallets=['link'] is unknown at gateway 'tin' (known: none)"),
    ({"schemes": []}, "driver Shop: schemes=() leaves nothing to try; leave it out for all that the gateway takes"),
    (
        {"currencies": []},
        "driver Shop: currencies=() leaves nothing to try; leave it out for all that the gateway takes",
    ),
    (
        {"amounts": (5000, 100)},
        "driver Shop: amounts=(5000, 100) has no amount in it; write (least, most) in minor units",
    ),
    (
        {"amounts": {"JPY": (0, 100)}},
        "driver Shop: amounts=(0, 100) for JPY has no amount in it; write (least, most) in minor units",
    ),
    ({"amounts": {"EUR": 5}}, "driver Shop: amounts=5 for EUR has no amount in it; write (least, most) in minor units"),
    (
        {"amounts": ("1", "2")},
        "driver Shop: amounts=('1', '2') has no amount in it; write (least, most) in minor units",
    ),
    (
        {"countries": ["DE", "Germany"]},
        "driver Shop: countries=['Germany'] is no country; write ISO 3166-1 codes such as countries=[\"DE\"]",
    ),
    (
        {"variants": ["hosted"]},
        "driver Shop: variants=['hosted'] is no table; write variants={\"name\": {constructor keyword: value}}",
    ),
    (
        {"reasons": ["no_money"]},
        'driver Shop: reasons=[\'no_money\'] is no table; write reasons={"your own text": "neutral word"}',
    ),
    (
        {"reasons": {"no money": "insufficient_fund"}},
        "driver Shop: reasons=['insufficient_fund'] is unknown as a neutral word for declines{reasons}",
    ),
]


@pytest.mark.parametrize(("keywords", "message"), MISTAKES, ids=[str(row[0])[1:-1] for row in MISTAKES])
def test_a_scope_that_cannot_be_meant(keywords: dict[str, Any], message: str) -> None:
    """Driver, keyword, value, and what there is instead."""
    with pytest.raises(UsageError) as refused:
        targets(shop(**keywords))

    nearest = f"; did you mean 'insufficient_funds'? (known: {', '.join(reasons())})"
    assert str(refused.value) == message.replace("{gateways}", ", ".join(names())).replace("{reasons}", nearest)


@pytest.mark.parametrize(("file", "place"), [("shop.py", "shop.py"), ("", "types")], ids=["file", "module"])
def test_a_driver_without_operations(file: str, place: str) -> None:
    """There is nothing to drive, and it is said what could be."""
    driver = new_class("Shop", (Driver,), {"gateway": "tin"})

    with pytest.raises(UsageError) as refused:
        targets(driver, file)

    assert str(refused.value) == (
        f"driver Shop ({place}) offers no operation: define at least one of sale, authorize, complete, capture, void, "
        "refund, verify, store, charge_stored, lookup, receive, order"
    )


CHOICES = [  # asked for, a default, CI: the profile
    (None, None, "", "quick"),
    (None, None, "true", "pr"),
    (None, "pr", "", "pr"),
    ("nightly", "pr", "true", "nightly"),
]


@pytest.mark.parametrize(("asked", "default", "ci", "chosen"), CHOICES)
def test_the_profile_of_a_run(
    monkeypatch: pytest.MonkeyPatch, asked: str | None, default: str | None, ci: str, chosen: str
) -> None:
    """What was asked for, else the default, else what the place suggests."""
    monkeypatch.setenv("CI", ci)

    assert profile(asked, default=default).name == chosen


def test_an_unknown_profile() -> None:
    """The message names those there are."""
    with pytest.raises(UsageError) as refused:
        profile("fast")

    assert str(refused.value) == "unknown profile 'fast' (known: quick, pr, nightly)"


def test_only_the_night_is_not_repeatable() -> None:
    """One commit, one verdict; and each profile looks further than the one before."""
    assert [each.name for each in PROFILES.values() if not each.deterministic] == ["nightly"]
    assert sorted(PROFILES.values(), key=lambda each: each.examples) == list(PROFILES.values())


def test_promises_are_the_modules_of_the_suites() -> None:
    """Each has the id of its module, a title that reads, and a place in the order; cheap and telling ones first."""
    found = list(promises().values())

    assert [each.id for each in found][:2] == ["card-types", "answers"]
    assert [each.order for each in found] == sorted(each.order for each in found)
    assert {each.check.__module__.rpartition(".")[2].replace("_", "-") for each in found} == set(promises())
    assert promises()["card-types"].title == "every card type is served"


def test_a_promise_needs_one_of_its_operations() -> None:
    """It covers a driver that offers any of them."""

    @promise("kept", order=99, needs=("sale", "authorize"), cells=lambda target: ("all",))
    def every_word_is_kept(run: Any) -> None:
        pass

    assert isinstance(every_word_is_kept, Promise)
    assert every_word_is_kept.title == "every word is kept"
    assert every_word_is_kept.covers(targets(shop("authorize"))[0])
    assert not every_word_is_kept.covers(targets(shop("refund"))[0])
