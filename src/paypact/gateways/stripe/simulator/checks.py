"""Rules on values that Stripe checks before it begins: amounts, metadata, texts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from paypact.gateways.stripe.simulator.account import Account

FORBIDDEN = frozenset("<>\\'\"*")  # docs.stripe.com: statement descriptors


def amount(account: Account, asked: int, currency: str) -> None:
    """Raises: Refusal: an unknown currency, too little, too much, or between the steps of the currency."""
    facts, code = account.facts.currencies, currency.upper()
    if code not in facts.accepted:
        known = ", ".join(one.lower() for one in facts.accepted)
        raise account.refuse("currency_invalid", currency=currency, known=known)
    limits = account.facts.limits
    least, most = facts.minimums.get(code, 1), limits["amount_of"].get(code, limits["amount"])
    if asked < least:
        raise account.refuse("amount_too_small", least=f"{least} {currency}")
    if asked > most:
        raise account.refuse("amount_too_large", most=f"{most} {currency}")
    if asked % facts.multiples.get(code, 1):
        raise account.refuse("amount_multiple", currency=currency, multiple=facts.multiples[code])


def metadata(account: Account, asked: dict[str, Any], before: dict[str, str]) -> dict[str, str]:
    """The metadata after a request: an empty value unsets its key, an empty table all of them.

    Raises:
        Refusal: too many keys, or one or a value too long.
    """
    given = asked.get("metadata")
    if given is None:
        return before
    if not given:
        return {}
    limits = account.facts.limits
    for name, value in given.items():
        if len(name) > limits["metadata_key"]:
            raise account.refuse("metadata_key_long", name=name)
        if len(value) > limits["metadata_value"]:
            raise account.refuse("metadata_value_long", name=name, length=len(value), value=value)
    merged = {name: value for name, value in {**before, **given}.items() if value != ""}
    if len(merged) > limits["metadata_keys"]:
        raise account.refuse("metadata_keys", count=len(merged))
    return merged


def texts(account: Account, asked: dict[str, Any], kind: str) -> None:
    """Raises: Refusal: a text longer than its limit, a malformed e-mail address, a descriptor no bank would print."""
    limits = account.facts.limits
    own = limits["text"][kind]
    for name, text in _texts(asked):
        most = own.get(name, limits["text_longest"])
        if len(text) > most:
            raise account.refuse("text_too_long", name=name, most=most, value=text)
    for name in ("email", "receipt_email"):
        value = asked.get(name)
        if value and ("@" not in value.strip("@") or " " in value):
            raise account.refuse("email_invalid", name=name, value=value)
    suffix = asked.get("statement_descriptor_suffix")
    if suffix and not (_legible(suffix) and len(suffix) <= limits["statement_descriptor_suffix"]):
        raise account.refuse("suffix_invalid")


def _legible(suffix: str) -> bool:
    return any(map(str.isalpha, suffix)) and all(map(_latin, suffix)) and not FORBIDDEN & set(suffix)


def _latin(character: str) -> bool:
    return character.isascii() or unicodedata.name(character, "").startswith("LATIN ")


def _texts(asked: dict[str, Any], inside: str = "") -> Iterator[tuple[str, str]]:
    """All texts but metadata, which has limits of its own, with their paths."""
    for name, value in asked.items():
        path = f"{inside}[{name}]" if inside else name
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict) and name != "metadata":
            yield from _texts(value, path)
