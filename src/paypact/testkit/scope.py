"""The scope that a driver class declares, held against what its gateway has: each mistake is one message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from paypact.cards.reasons import reasons
from paypact.driver import Driver, Scope
from paypact.errors import UsageError
from paypact.gateways.facts import Facts
from paypact.naming import near

_COUNTRY = re.compile("[A-Z]{2}")  # ISO 3166-1 alpha-2


def check(driver: type[Driver], scope: Scope, facts: Facts) -> None:
    """Whether everything declared can be meant.

    Raises:
        UsageError: something cannot; the message names driver, keyword, value, and what may stand there.
    """
    for wrong in _mistakes(scope, facts):
        raise UsageError(f"driver {driver.__qualname__}: {wrong}")


def _mistakes(scope: Scope, facts: Facts) -> Iterator[str]:
    there = f"at gateway {scope.gateway!r}"
    yield from _words("schemes", scope.schemes, facts.schemes, there)
    yield from _words("currencies", scope.currencies, facts.currencies.accepted, there)
    yield from _words("wallets", scope.wallets, facts.wallets, there)
    for keyword, given in (("schemes", scope.schemes), ("currencies", scope.currencies)):
        if given == ():
            yield f"{keyword}=() leaves nothing to try; leave it out for all that the gateway takes"
    odd = [country for country in scope.countries or () if not _COUNTRY.fullmatch(country)]
    if odd:
        yield f'countries={odd!r} is no country; write ISO 3166-1 codes such as countries=["DE"]'
    yield from _amounts(scope.amounts)
    yield from _tables(scope.reasons, scope.variants)


def _words(keyword: str, given: Any, names: Any, there: str) -> Iterator[str]:
    known = tuple(names)
    unknown = [word for word in given or () if word not in known]
    if unknown:
        yield (
            f"{keyword}={unknown!r} is unknown {there}{near(str(unknown[0]), known)} "
            f"(known: {', '.join(known) or 'none'})"
        )


def _amounts(declared: Any) -> Iterator[str]:
    pairs = declared.items() if isinstance(declared, Mapping) else [("", declared)] if declared is not None else []
    for currency, pair in pairs:
        of = f" for {currency}" if currency else ""
        match pair:
            case (int(least), int(most)) if 0 < least <= most:
                continue
            case _:
                yield f"amounts={pair!r}{of} has no amount in it; write (least, most) in minor units"


def _tables(reasons_: Any, variants: Any) -> Iterator[str]:
    if not isinstance(reasons_, Mapping):
        yield f'reasons={reasons_!r} is no table; write reasons={{"your own text": "neutral word"}}'
    else:
        yield from _words("reasons", reasons_.values(), reasons(), "as a neutral word for declines")
    if not isinstance(variants, Mapping) or not all(isinstance(each, Mapping) for each in variants.values()):
        yield f'variants={variants!r} is no table; write variants={{"name": {{constructor keyword: value}}}}'
