"""Made-up shoppers of many languages: the same seed gives the same one."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from faker import Faker

from paypact.errors import UsageError
from paypact.naming import unknown
from paypact.payments import Address, Customer

# BCP 47 tags, the plainest first. Each brings something that breaks code: umlauts, apostrophes, double surnames, no
# postcode (tw-GH), letters beyond Latin-1, other alphabets, right to left, joiners, one-word names (ta-IN), no spaces.
LOCALES: tuple[str, ...] = (
    *("en-US", "en-GB", "de-DE", "fr-FR", "es-MX", "pt-BR", "nl-NL", "sv-SE", "pl-PL", "en-IE", "tw-GH"),
    *("el-GR", "ru-RU", "he-IL", "hi-IN", "ta-IN", "ne-NP", "th-TH", "ja-JP", "ko-KR", "zh-CN"),
)


@lru_cache(maxsize=4096)
def customer(locale: str, seed: int) -> Customer:
    """The shopper with this seed in a locale of `LOCALES`; each seed gives another one.

    The e-mail address is at a reserved domain (RFC 2606), the IP address in a block for documentation (RFC 5737). Which
    person a seed gives depends on the version of Faker.

    Raises:
        UsageError: the locale is not in `LOCALES`; the message names the nearest and all others.
    """
    fake = _faker(locale)
    fake.seed_instance(seed)
    country = locale.rpartition("-")[2]
    at_home = fake.current_country_code() == country
    return Customer(
        name=fake.name(),
        email=fake.safe_email(),
        phone=fake.phone_number().partition("x")[0] if fake.boolean() else None,  # an extension is no part of a number
        address=Address(
            line1=", ".join(fake.street_address().splitlines()),
            line2=_optional(fake, "secondary_address") if fake.boolean() else None,
            city=fake.city(),
            # Where Faker knows no addresses of a country it gives American ones: streets and towns pass, the rest not.
            region=_optional(fake, "administrative_unit") if at_home else None,
            postcode=fake.postcode() if at_home else None,
            country=country,
        ),
        locale=locale,
        ip=f"203.0.113.{fake.random_int(1, 254)}",
    )


@cache
def _faker(locale: str) -> Any:
    """Faker's source for one locale; making one costs far more than a shopper does."""
    if locale not in LOCALES:
        raise UsageError(unknown("locale", locale, LOCALES))
    return Faker(locale.replace("-", "_"), use_weighting=False)


def _optional(fake: Any, part: str) -> str | None:
    """A part of an address, None in countries that have no such thing."""
    maker = getattr(fake, part, None)
    return str(maker()) if maker else None
