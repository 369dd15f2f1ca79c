"""Cards as Adyen is sent them: typed in, enciphered by the component, stored, or in a wallet."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from paypact.cards import classify, schemes
from paypact.cards.card import Card, Funding
from paypact.cards.catalogue import luhn_valid
from paypact.gateways.adyen.simulator.account import Account
from paypact.world.issuer import Answer, approve, decline, defer

TEST: Final = "test_"
FIELDS: Final = {  # as they are enciphered, and as they are in the clear
    "number": ("encryptedCardNumber", "number"),
    "month": ("encryptedExpiryMonth", "expiryMonth"),
    "year": ("encryptedExpiryYear", "expiryYear"),
    "code": ("encryptedSecurityCode", "cvc"),
}
LENGTHS, MONTHS, YEARS = range(12, 20), range(1, 13), range(1000, 10000)
CODES: Final = (3, 4)


def state_data(account: Account, card: Card) -> dict[str, Any]:
    """What the component gives to the page for this card."""
    if card.wallet:
        said = account.facts.wallets[card.wallet]
        token = f"{said['type']}-{account.psp(card.key)}"
        account.wallets[token] = card
        method: dict[str, Any] = {"type": said["type"], said["field"]: token}
    else:
        year, month = card.exp_year or account.month()[0] + 1, card.exp_month or MONTHS[-1]
        typed = {"number": card.number, "month": f"{month:02}", "year": f"{year:04}", "code": card.cvc or ""}
        method = {"type": "scheme", "holderName": card.holder}
        method |= {FIELDS[name][0]: TEST + text for name, text in typed.items() if text}
        brand = account.words.chosen(card) or (account.words.brand(card) if len(card.networks) == 1 else "")
        method |= {"brand": brand} if brand else {}
    browser = {"acceptHeader": "*/*", "colorDepth": 24, "javaEnabled": False, "language": "en-US", "screenHeight": 1080}
    browser |= {"screenWidth": 1920, "timeZoneOffset": 0, "userAgent": "Mozilla/5.0"}
    return {"paymentMethod": method, "browserInfo": browser, "origin": "https://shop.example"}


def read(account: Account, method: dict[str, Any], shopper: str) -> Card:
    """The card that a request presents.

    Raises:
        Refusal: it cannot be read, or no bank need be asked.
        NotSimulatedError: it is no card.
    """
    kind = method.get("type", "scheme")
    for said in account.facts.wallets.values():
        if kind == said["type"]:
            card = account.wallets.get(method.get(said["field"], ""))
            if card is None:
                raise account.refuse("undecipherable")
            return card
    if kind not in ("scheme", "card", "bcmc") or "encryptedCard" in method:
        raise account.not_simulated(f"payment method {kind}")
    named = method.get("storedPaymentMethodId") or method.get("recurringDetailReference")
    if named:
        kept = account.stored.get(named)
        if not shopper:
            raise account.refuse("shopper_missing")
        if kept is None or kept.shopper != shopper:
            raise account.refuse("stored_missing")
        return kept.card
    return _typed(account, {name: _text(account, method, *keys) for name, keys in FIELDS.items()}, method)


def _text(account: Account, method: dict[str, Any], enciphered: str, clear: str) -> str:
    if enciphered in method:
        if not method[enciphered].startswith(TEST):
            raise account.refuse("undecipherable")
        return str(method[enciphered])[len(TEST) :]
    return str(method.get(clear) or "")


def _typed(account: Account, texts: dict[str, str], method: dict[str, Any]) -> Card:
    number, month, year, code = texts["number"], texts["month"], texts["year"], texts["code"]
    for name, text in (("number", number), ("expiryMonth", month), ("expiryYear", year)):
        if not text:
            raise account.refuse("required", name=f"paymentMethod.{name}")
    if not month.isdecimal() or int(month) not in MONTHS:
        raise account.refuse("month_invalid")
    if not year.isdecimal() or int(year) not in YEARS:
        raise account.refuse("year_invalid")
    issued, test = account.world.issuer.issued(number), account.words.numbers.get(number)
    funding: Funding = "credit"
    networks: tuple[str, ...]
    if issued is not None:
        scheme, networks, funding = issued.scheme, issued.networks, issued.funding
    elif test is not None:
        scheme, networks = test.scheme, tuple(test.wire.get("networks", (test.scheme,)))
        funding = test.wire.get("funding", funding)
    else:
        scheme = classify(number) or "unknown"
        networks = (scheme,)
    chosen = account.schemes.get(method.get("brand", ""))
    network = chosen if chosen in networks and len(networks) > 1 else None
    holder = method.get("holderName") or ""
    card = Card(number, int(month), int(year), code or None, holder, scheme, networks, network=network, funding=funding)
    _fault(account, card, known=issued is not None)
    return card


def _fault(account: Account, card: Card, *, known: bool) -> None:
    number = card.number
    scheme = schemes().get(card.scheme)
    lawless = known and scheme is not None and scheme.luhn != "required"
    if not _legible(number) or not (lawless or _checked(number)):
        account.ledger.turn_away(card, "malformed_number")
        raise account.refuse("number_invalid")
    if card.cvc is not None and not (card.cvc.isdecimal() and len(card.cvc) in CODES):
        account.ledger.turn_away(card, "malformed_security_code")
        raise account.refuse("code_length")


@cache
def _legible(number: str) -> bool:
    return number.isdecimal() and len(number) in LENGTHS


_checked = cache(luhn_valid)  # the same numbers come again and again


def answer(account: Account, card: Card, amount: int) -> Answer:
    """What the issuer says now: by the holder's name, as published for the number, or as a suite scripted it."""
    magic = account.facts.wire["magic"]["names"].get(card.holder)
    if magic is not None:
        return _magic(account, magic, amount)
    expired = card.exp_year is not None and (card.exp_year, card.exp_month) < account.month()
    if expired and account.words.refusal(card) is None:
        return decline("expired_card")
    return account.answer(card)


def _magic(account: Account, word: str, amount: int) -> Answer:
    if word == "approve":
        return approve()
    if word == "pending":
        return defer()
    if word == "partial":
        return approve(max(1, amount // 2))
    words = (reason for reason, fact in account.facts.declines.items() if fact.wire["code"] == word)
    return decline(next(words, f"code {word}"))
