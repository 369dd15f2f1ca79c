"""Cards: how a request names one (a nonce, a stored token, its own fields), what is wrong with it, how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paypact.cards import classify, schemes
from paypact.cards.card import Card
from paypact.cards.catalogue import luhn_valid
from paypact.gateways.braintree import wire
from paypact.gateways.braintree.simulator.account import Account, Method
from paypact.gateways.facts import TestCard
from paypact.world import answers
from paypact.world.ids import letters
from paypact.world.issuer import Answer, decline, reject

LENGTHS = range(12, 20)
CENTURY, MONTHS = 100, 12
ACROSS = ("credit", "debit", "prepaid", "charge")  # fundings that say which indicators are Yes and which are No
UNKNOWN = "Unknown"


def chosen(account: Account, asked: Mapping[str, Any]) -> Method:
    """The card that a sale, credit or verification is about.

    Raises:
        Refusal: there is none, or it cannot be used.
    """
    if nonce := asked.get("payment_method_nonce"):
        return of_nonce(account, nonce, "nonce")
    token = asked.get("payment_method_token")
    if token is None and (customer := asked.get("customer_id")):
        if customer not in account.customers:
            raise account.refuse("customer_unknown")
        token = next((one for one, kept in account.vault.items() if kept.customer == customer), None)
        if token is None:
            raise account.refuse("customer_without_card")
    if token is not None:
        if token not in account.vault:
            raise account.refuse("token_unknown")
        return account.vault[token]
    if "credit_card" not in asked:
        raise account.refuse("method_missing")
    method = _typed(account, asked["credit_card"])
    return _taken(account, method, "card_type")


def of_nonce(account: Account, nonce: str, rule: str) -> Method:
    """The card behind a nonce; the vendor's fixed ones are new each time. `rule` begins the names of refusals.

    Raises:
        Refusal: it is unknown, consumed, or of a type that is not accepted.
    """
    method = account.nonces.get(nonce)
    if method is None:
        test = account.words.tokens.get(nonce)
        if test is None:
            raise account.refuse(f"{rule}_unknown")
        method = _published(account, test)
        if word := test.wire.get("nonce"):
            if word == "card_number_invalid":
                account.ledger.turn_away(method.card, "malformed_number")
            raise account.refuse(f"{rule}_consumed" if word == "nonce_consumed" else word)
    if method.spent:
        raise account.refuse(f"{rule}_consumed")
    return _taken(account, method, f"{rule}_card_type".replace("vault_nonce", "vault"))


def _taken(account: Account, method: Method, rule: str) -> Method:
    word = account.words.refusal(method.card)
    if word is not None:
        account.ledger.turn_away(method.card, word)
        raise account.refuse(rule)
    return method


def _published(account: Account, test: TestCard) -> Method:
    cvc = "1234" if test.scheme == "amex" else "123"
    card = Card(test.number, MONTHS, account.now().year + 1, cvc, "", test.scheme, (test.scheme,))
    secure = account.three_d_secure(test.wire) if "three_d_secure" in test.wire else None
    return Method(card, test, secure)


# --- typed in ---------------------------------------------------------------------------------------------------------


def _typed(account: Account, sent: Mapping[str, Any]) -> Method:
    """The card as it was typed, refused here where no bank need be asked."""
    number = "".join(sign for sign in sent.get("number", "") if sign not in " -")
    month, _, year = sent.get("expiration_date", "").partition("/")
    month, year = sent.get("expiration_month", month), sent.get("expiration_year", year)
    issued, test = account.world.issuer.issued(number), account.words.numbers.get(number)
    scheme = issued.scheme if issued else test.scheme if test else classify(number) or "unknown"
    networks = issued.networks if issued else (scheme,)
    full = (
        int(year) + (account.now().year // CENTURY * CENTURY if int(year) < CENTURY else 0)
        if year.isdecimal()
        else None
    )
    card = Card(
        number, int(month) if month.isdecimal() else None, full, sent.get("cvv"), sent.get("cardholder_name", ""),
        scheme, networks, network=issued.network if issued else None, funding=issued.funding if issued else "credit",
    )  # fmt: skip
    found = _fault(account, card, bool(month or year))
    if found is not None:
        rule, word = found
        account.ledger.turn_away(card, word)
        raise account.refuse(rule)
    return Method(card, test)


def _fault(account: Account, card: Card, dated: bool) -> tuple[str, str] | None:
    number, cvc = card.number, card.cvc
    scheme = schemes().get(card.scheme)
    lawless = scheme is not None and scheme.luhn != "required" and account.world.issuer.issued(number) is not None
    if not number:
        return "card_number_missing", "malformed_number"
    if not number.isdecimal() or not (lawless or luhn_valid(number)):
        return "card_number_invalid", "wrong_number"
    if len(number) not in LENGTHS:
        return "card_number_length", "malformed_number"
    if not dated:
        return "card_expiry_missing", "wrong_expiry"
    if card.exp_month not in range(1, MONTHS + 1) or card.exp_year is None:
        return "card_expiry_invalid", "wrong_expiry"
    if cvc is not None and (not cvc.isdecimal() or len(cvc) not in (3, 4)):
        return "card_cvv_invalid", "malformed_security_code"
    return None


# --- answering --------------------------------------------------------------------------------------------------------


def answer(account: Account, method: Method, *, units: int | None, partial: bool) -> Answer:
    """The issuer's next answer; a published card that no suite scripted behaves as published.

    `units` are hundredths of what is asked for: the sandbox answers by them what nobody scripted. None: a verification.
    """
    card, test = method.card, method.test
    if not account.scripted(card):
        account.published.add(card.key)
        account.world.issuer.issue(card)
        if test is not None and units is None and "verification" in test.wire:
            return answers.parse(test.wire["verification"])
        if test is not None and test.answers[0] != "approve":
            return answers.parse(test.answers[0])
        return _by_amount(account, units)
    said = account.world.issuer.answer(card)
    if said.event == "challenge":  # the bank wants to know its cardholder, and has asked in the browser or not
        known = method.secure is not None and method.secure.liability_shifted
        said = said.then if known and said.then else decline("authentication_needed")
    if said.amount is not None and not partial:
        return decline(account.facts.wire["customs"]["partial_approval_unasked"]["told"])
    return said


def _by_amount(account: Account, units: int | None) -> Answer:
    said, major = account.facts.wire["amounts"], (units or 0) / 100
    if said["declined"][0] <= major < said["declined"][1]:
        code = str(int(major))
        words = (word for word, fact in account.facts.declines.items() if fact.wire.get("code") == code)
        return decline(next(words, "refused_unspecified"))
    if said["failed"][0] <= major < said["failed"][1]:
        return decline("network_unavailable")
    return reject("application_incomplete") if major == said["incomplete"] else Answer("approve")


# --- rendering --------------------------------------------------------------------------------------------------------


_NAMES = [name for name in wire.Indicators.__struct_fields__ if getattr(wire.Indicators(), name) == UNKNOWN]
_YES_NO = frozenset(_NAMES) - {"country_of_issuance", "issuing_bank", "product_id"}


def _indicators(method: Method) -> dict[str, str]:
    """Which kinds of card it is: by the vendor's list, else by its funding."""
    said = method.test.wire if method.test is not None else {}
    known = {name: said[name] for name in _NAMES if name in said}
    if known or "indicators" in said:
        rest = said.get("indicators", "No")
        return {**dict.fromkeys(_YES_NO, rest), **known}
    if method.card.funding not in ACROSS:
        return {}
    return {name: "Yes" if name == method.card.funding else "No" for name in ("debit", "prepaid")}


def shown(account: Account, method: Method) -> wire.CreditCard:
    """`credit_card` of a transaction."""
    return wire.CreditCard(**_fields(account, method))


def _fields(account: Account, method: Method) -> dict[str, Any]:
    card = method.card
    if account.facts.wallets.get(card.wallet or "", {}).get("element"):
        return dict.fromkeys(
            (
                "bin",
                "card_type",
                "cardholder_name",
                "customer_location",
                "expiration_month",
                "expiration_year",
                "last_4",
            )
        )
    return {
        **_indicators(method),
        "bin": card.bin or None,
        "card_type": account.words.brand(card) if account.words.brand(card) != "unknown" else UNKNOWN,
        "cardholder_name": card.holder or None,
        "customer_location": "US",
        "expiration_month": f"{card.exp_month or MONTHS:02}",
        "expiration_year": str(card.exp_year or account.now().year),
        "last_4": card.last4,
        "token": method.token,
        "unique_number_identifier": letters("card", card.key, length=32) if method.token else None,
    }


def wallet(account: Account, method: Method, **stored: Any) -> dict[str, Any]:
    """The element that shows a wallet's card; none for other cards. `stored`: what it has in the vault besides."""
    card = method.card
    element = account.facts.wallets.get(card.wallet or "", {}).get("element")
    if element is None:
        return {}
    brand = account.words.brand(card) if account.words.brand(card) != "unknown" else UNKNOWN
    said: dict[str, Any] = {
        "cardholder_name": card.holder or None,
        "expiration_month": f"{card.exp_month or MONTHS:02}",
        "expiration_year": str(card.exp_year or account.now().year),
        "token": method.token,
        **stored,
    }
    name = f"{brand} {card.last4}"
    if element == "apple_pay":
        prefix = account.facts.wallets[card.wallet or ""]["prefix"]
        return {
            element: wire.ApplePayCard(
                **said, card_type=prefix + brand, last_4=card.last4, payment_instrument_name=name
            )
        }
    shown_as: dict[str, Any] = {
        f"{kind}_card_{part}": value
        for kind in ("source", "virtual")
        for part, value in (("type", brand), ("last_4", card.last4))
    }
    return {element: wire.AndroidPayCard(**said, **shown_as, source_description=name)}


def stored(account: Account, method: Method) -> dict[str, wire.Indicators]:
    """A card of the vault, under the name of its kind."""
    now, card = account.now(), method.card
    owned = [token for token, kept in account.vault.items() if kept.customer == method.customer]
    besides: dict[str, Any] = {
        "created_at": now,
        "customer_id": method.customer or "",
        "default": owned[:1] == [method.token],
        "expired": card.exp_year is not None and (card.exp_year, card.exp_month or MONTHS) < (now.year, now.month),
        "subscriptions": [],
        "updated_at": now,
    }
    found: Any = wallet(account, method, **besides)
    if found:
        return {"apple_pay_card" if "apple_pay" in found else "android_pay_card": next(iter(found.values()))}
    return {"credit_card": wire.CreditCard(**_fields(account, method), **besides, verifications=[])}
