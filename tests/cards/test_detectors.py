"""Independent detectors agree with the catalogue, or the disagreement is known, with its reason."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import TypeAlias

import creditcard_identifier  # type: ignore[import-untyped]  # ships no types
import pytest
from pydantic_core import PydanticCustomError
from pydantic_extra_types.payment import PaymentCardBrand, PaymentCardNumber

from paypact.cards import axes, build, schemes
from paypact.cards.catalogue import luhn_valid

Detector: TypeAlias = Callable[[str], str]
OUR_NAMES = {"diners_club": "diners"}


def pydantic(number: str) -> str:
    """What pydantic-extra-types reads, `refused` where it knows the brand but not that length."""
    try:
        brand = PaymentCardNumber(number).brand.name
    except PydanticCustomError:
        return "refused"
    return OUR_NAMES.get(brand, brand)


def bincc(number: str) -> str:
    """What creditcard-identifier reads (the data of bin-cc, one source of the catalogue among others)."""
    brand = creditcard_identifier.find_brand(number)
    return str(brand["name"]).replace("-", "_") if brand else "none"


VOCABULARY: dict[Detector, set[str]] = {
    pydantic: {OUR_NAMES.get(each.name, each.name) for each in PaymentCardBrand},
    bincc: {each["name"].replace("-", "_") for each in creditcard_identifier.brands},
}

# What a detector reads for some numbers of a scheme that it knows, other than that scheme, and why.
DISAGREEMENTS: dict[tuple[Detector, str], dict[str, str]] = {
    (pydantic, "visa"): {"refused": "lists 13, 16 and 19 digits, not 18"},
    (pydantic, "jcb"): {
        "refused": "lists 16 and 19 digits, nothing between",
        "diners": "takes all of 30 as Diners, JCB's part of it too",
        "other": "does not list JCB's ranges on 31 and 33",
    },
    (pydantic, "unionpay"): {"refused": "lists 16 and 19 digits, nothing between"},
    (pydantic, "maestro"): {"other": "lists eleven prefixes, not the spans"},
    (pydantic, "verve"): {
        "unionpay": "takes all of 62 as UnionPay",
        "refused": "takes all of 62 as UnionPay, with 16 or 19 digits",
        "discover": "asks for Discover's 65 before the ranges inside it",
        "other": "lists three spans, not the single prefixes on 63",
    },
    (pydantic, "dankort"): {"visa": "asks for Visa's 4 before the Visa/Dankort range inside it"},
    (pydantic, "troy"): {"discover": "asks for Discover's 65 before the ranges inside it"},
    (bincc, "diners"): {"none": "lists 14 digits only"},
    (bincc, "jcb"): {
        "none": "lists 35 and the retired 1800 and 2131, with 16 digits only",
        "china_t_union": "takes all of 31 with 19 digits",
    },
    (bincc, "unionpay"): {
        "rupay": "takes all of 81 as RuPay",
        "none": "takes all of 81 as RuPay, which has 16 digits only",
    },
    (bincc, "maestro"): {
        "aura": "takes all of 50 as Aura",
        "gpn": "takes all of 56, 58 and 60 to 63 as GPN",
        "laser": "still has 6304 as Laser, which is retired",
        "instapayment": "has 637 to 639 as a brand that nobody is known to issue",
    },
    (bincc, "elo"): {
        "interpayment": "has 636 as a brand that nobody is known to issue",
        "discover": "lacks some of Elo's ranges inside 65",
    },
    (bincc, "rupay"): {
        "aura": "takes all of 50 as Aura",
        "hipercard": "takes all of 60 as Hipercard",
        "discover": "prefers Discover inside 65",
    },
    (bincc, "verve"): {
        "unionpay": "takes all of 62 as UnionPay",
        "interpayment": "has 636 as a brand that nobody is known to issue",
        "instapayment": "has 637 to 639 as a brand that nobody is known to issue",
        "gpn": "takes all of 63 as GPN where the length is not 16",
    },
    (bincc, "mada"): dict.fromkeys(
        ("visa", "mastercard", "visa_electron", "aura", "gpn", "hipercard", "interpayment"),
        "lists 9682 only, none of mada's many single prefixes",
    ),
    (bincc, "dankort"): {"aura": "takes all of 50 as Aura"},
    (bincc, "troy"): {
        "discover": "prefers Discover inside 65",
        "elo": "takes all of 6509 as Elo",
    },
    (bincc, "cabal"): {"hipercard": "leaves a gap at 604220 between two spans"},
}


def numbers(scheme: str) -> list[str]:
    """Numbers at each edge of each range of a scheme, in each length."""
    table = axes(scheme)
    return [
        build(scheme, kind="plain", range=place, edge=edge, length=length, luhn=True).number
        for place, edge, length in product(table["range"], table["edge"], table["length"])
    ]


@pytest.mark.parametrize(
    ("detector", "scheme"),
    [(detector, each) for detector, known in VOCABULARY.items() for each in schemes() if each in known],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_detectors_agree_or_the_reason_is_known(detector: Detector, scheme: str) -> None:
    """A scheme that a detector knows is read as that scheme, but for the listed readings, each of which occurs."""
    readings = {detector(number) for number in numbers(scheme)}

    assert scheme in readings
    assert readings - {scheme} == set(DISAGREEMENTS.get((detector, scheme), {}))


def test_detectors_know_enough_schemes() -> None:
    """A detector that forgets its vocabulary would agree with everything."""
    counts = {detector.__name__: len(known & set(schemes())) for detector, known in VOCABULARY.items()}

    assert counts["pydantic"] >= 12
    assert counts["bincc"] >= 25


def test_luhn_agrees_with_another_implementation() -> None:
    """Two implementations of the check digit agree on every scheme's numbers, right and wrong ones."""
    found = [build(each, luhn=right, edge="inside").number for each in schemes() for right in (True, False)]

    assert [luhn_valid(number) for number in found] == [passes(number) for number in found]


def passes(number: str) -> bool:
    try:
        PaymentCardNumber.validate_luhn_check_digit(number)
    except PydanticCustomError:
        return False
    return True
