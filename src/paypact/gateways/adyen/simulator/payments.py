"""Payments: a card is presented, its issuer answers, the shopper may have to act first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from paypact.cards.card import Card
from paypact.gateways.adyen import wire
from paypact.gateways.adyen.simulator import cards
from paypact.gateways.adyen.simulator.account import Account, Stored
from paypact.gateways.adyen.simulator.requests import Call
from paypact.world.books import Authorization, Purchase
from paypact.world.issuer import Answer, decline
from paypact.world.wire import UNSET, Wire

HOUR: Final = 3600.0
PAGE: Final = "https://checkoutshopper-test.adyen.com/checkoutshopper/"
UNATTENDED: Final = ("Subscription", "UnscheduledCardOnFile")
FINISHED: Final = ("redirectResult", "threeDSResult", "threeds2.challengeResult")
NO: Final = ("declined", "rejected")
# How a challenge begins where the shop prefers that the page asks, card by card: some banks want to see the browser
# first, some ask at once, and with some Adyen prefers a redirect all the same. CheckoutService-v72.json: nativeThreeDS
NATIVELY: Final = ("fingerprint", "challenge", "")
DEFERRED: Final = ("Received", "Pending")  # either says that it will be decided later
WORDS: Final = {"": "RedirectShopper", "fingerprint": "IdentifyShopper", "challenge": "ChallengeShopper"}


@dataclass(slots=True)
class Attempt:
    """What an authorization remembers of its request."""

    psp: str
    merchant: str
    kind: str  # of payment method
    native: str  # how the shopper is asked within the page: a word of NATIVELY; empty: by a redirect
    shopper: str = ""
    model: str = ""  # how a card that is to be stored will be used; empty: it is not stored
    stored: str = ""
    avs: str = ""  # the check's result that a test address asked for
    asked: bool = False  # whether the shopper was asked
    fingerprinted: bool = False
    adjusting: str = ""  # the newest change of the amount that was carried out or refused
    back: str = ""  # where the shopper returns to after a challenge


def create(account: Account, call: Call) -> Wire:
    """POST /payments."""
    sent = call.sent
    shopper = sent.get("shopperReference", "")
    method = sent["paymentMethod"]
    card = cards.read(account, method, shopper)
    purchase = account.open(sent["amount"], sent["reference"], sent["merchantAccount"])
    return result(account, present(account, purchase, card, sent))


def present(account: Account, purchase: Purchase, card: Card, sent: dict[str, Any]) -> Authorization:
    """Present a card for a purchase and carry out what its issuer says; `sent` asked for a payment or a session."""
    ledger, merchant = account.ledger, sent["merchantAccount"]
    kind = sent.get("paymentMethod", {}).get("type", "scheme")
    attempt = Attempt(account.psp(), merchant, kind, _natively(card) if _native(sent) else "")
    attempt.back = sent.get("returnUrl", "")
    if sent.get("storePaymentMethod") or sent.get("enableRecurring") or sent.get("storePaymentMethodMode") == "enabled":
        attempt.shopper, attempt.model = (
            sent.get("shopperReference", ""),
            sent.get("recurringProcessingModel", "CardOnFile"),
        )
        if not attempt.shopper:
            raise account.refuse("shopper_missing")
    address = sent.get("billingAddress") or {}
    if address.get("street") == account.facts.wire["checks"]["avs_street"]:
        attempt.avs = address["houseNumberOrName"]
    delay = _delay(account, sent) if purchase.price.minor else "manual"
    captures = account.merchants[merchant].get("captures")
    held = ledger.present(purchase, card, automatic=delay == 0, captures=captures, data=attempt)
    ledger.name(attempt.psp, held)
    later = account.facts.wire["magic"]["later"].get(card.holder)
    if later:
        kind, _, word = later.partition("-")
        account.world.acquirer.fates(kind, word)
    settle(account, held, _answered(cards.answer(account, card, purchase.price.minor), sent))
    if delay not in (0, "manual"):
        account.world.clock.call_later(float(delay) * HOUR, lambda: _capture(account, held))
    return held


def settle(account: Account, held: Authorization, issued: Answer) -> None:
    """Carry out an answer, and keep the card where that was asked for and the answer is yes."""
    account.ledger.apply(held, issued)
    attempt: Attempt = held.data
    if held.state == "challenged":
        attempt.asked = True
        for text in (account.psp(held.id, "challenge"), _own(account, held)):
            account.challenges[text] = held
    elif attempt.model and held.state in ("authorized", "completed"):
        attempt.stored = account.psp(held.card.key, attempt.shopper, "stored")
        account.stored[attempt.stored] = Stored(attempt.stored, held.card, attempt.shopper, attempt.model)


def finish(account: Account, held: Authorization, *, passed: bool) -> None:
    """A challenge has ended; to end it twice changes nothing."""
    if held.state != "challenged":
        return
    if passed:
        account.ledger.move(held, "authenticate")
        settle(account, held, held.answer.then)
    else:
        account.ledger.authenticate(held, passed=False)


def details(account: Account, call: Call) -> Wire:
    """POST /payments/details."""
    given = call.sent["details"]
    if "threeds2.fingerprint" in given:
        held = account.challenges.get(given["threeds2.fingerprint"])
        if held is None:
            raise account.refuse("details_invalid")
        held.data.fingerprinted, held.data.native = True, "challenge"
        return result(account, held)
    text = next((given[name] for name in FINISHED if name in given), "")
    found = account.results.get(text)
    if found is None:
        raise account.refuse("details_invalid")
    held, passed = found
    finish(account, held, passed=passed)
    return result(account, held)


def act(account: Account, held: Authorization, *, passed: bool) -> str:
    """The shopper acts on a challenge: what they come back with."""
    key = f"X{account.psp(held.id, passed, 'result')}!{account.psp(held.id, 'tail')}"
    account.results[key] = (held, passed)
    return key


# --- telling ----------------------------------------------------------------------------------------------------------


def result(account: Account, held: Authorization) -> wire.Standing:
    """Where a payment stands, as both endpoints tell it."""
    attempt: Attempt = held.data
    purchase = held.purchase
    money = {"psp": attempt.psp, "reference": purchase.reference}
    told: dict[str, Any] = {**money, "amount": account.amount(held.amount, purchase.price.currency)}
    if held.state == "challenged":
        return _asked(account, held, money)
    if held.state == "pending":
        word = "Received" if held.card.holder in account.facts.wire["magic"]["names"] else _of(DEFERRED, held.card)
        return wire.Result(result=word, **told)
    told["method"] = wire.Method(brand=brand(account, held), type=attempt.kind)
    if held.state in NO:
        said = refusal(account, held.reason)
        extra = _additional(account, held, wire.AdditionalData)
        return wire.Refused(result=said["outcome"], reason=said["reason"], code=said["code"], additional=extra, **told)
    if held.approved < held.amount:
        part = account.amount(held.approved, purchase.price.currency)
        extra = _additional(
            account, held, wire.PartialData, authorised_value=str(part.value), authorised_currency=part.currency
        )
        return wire.Partial(result="PartiallyAuthorised", additional=extra, **told)
    if attempt.stored:
        kept = {"stored": attempt.stored, "shopper": attempt.shopper, "store_operation": "created"}
        return wire.Stored(result="Authorised", additional=_additional(account, held, wire.StoringData, **kept), **told)
    return wire.Result(result="Authorised", additional=_additional(account, held, wire.AdditionalData), **told)


def refusal(account: Account, word: str) -> dict[str, str]:
    """The reason, code and result of a neutral decline word; of a `code 15` that no word stands for, the table's."""
    code = word.removeprefix("code ") if word.startswith("code ") else account.facts.declines[word].wire["code"]
    said: dict[str, str] = account.facts.wire["refused"][code]
    return {"code": code, **said}


def brand(account: Account, held: Authorization) -> str:
    """Adyen's word for the brand that ran."""
    return account.words.chosen(held.card) or account.words.brand(held.card)


def _asked(account: Account, held: Authorization, money: dict[str, Any]) -> wire.Asked:
    attempt: Attempt = held.data
    token = account.psp(held.id, "challenge")
    if not attempt.native:
        action: Any = wire.Redirect(url=f"{PAGE}threeDS/redirect?MD={token}")
        return wire.Asked(result=WORDS[attempt.native], action=action, **money)
    own = _own(account, held)
    action = wire.Native(subtype=attempt.native, token=token, authorisation_token=own, payment_data=own)
    return wire.Asked(result=WORDS[attempt.native], action=action, **money)


def _additional(account: Account, held: Authorization, kind: type[wire.AdditionalData], **more: str) -> Any:
    card, attempt, checks = held.card, held.data, account.facts.wire["checks"]
    declined = account.facts.declines.get(held.reason) if held.state in NO else None
    cvc = held.answer.cvc if card.cvc else "none"
    avs = held.answer.address if attempt.avs == "" else "none"
    code, word = checks["avs_code"].get(attempt.avs), brand(account, held)
    return kind(
        auth_code=UNSET if held.state in NO else f"{held.id % 1_000_000:06}",
        avs_result=f"{attempt.avs} {code}" if code else checks["avs"][avs],
        cvc_result=checks["cvc"][cvc],
        cvc_raw=checks["cvc_raw"][cvc],
        raw=(declined.wire.get("raw", "DECLINED") if declined else "AUTHORISED"),
        advice=declined.wire.get("advice_code", UNSET) if declined else UNSET,
        bin=card.bin or UNSET,
        summary=card.last4,
        expiry=f"{card.exp_month}/{card.exp_year}" if card.exp_month else UNSET,
        method=word,
        variant=word,
        funding=account.facts.wire["funding"]["words"].get(card.funding, UNSET),
        authenticated="true" if attempt.asked and held.state not in NO else "false",
        offered=str(attempt.asked).lower(),
        **more,
    )


# --- inside -----------------------------------------------------------------------------------------------------------


def _own(account: Account, held: Authorization) -> str:
    """What the component passes on unread."""
    return f"Ab02b4c0!{account.psp(held.id, 'own')}"


def _native(sent: dict[str, Any]) -> bool:
    wish = (sent.get("authenticationData") or {}).get("threeDSRequestData") or {}
    return wish.get("nativeThreeDS") == "preferred" or bool(
        (sent.get("additionalData") or {}).get("allow3DS2") == "true"
    )


def _natively(card: Card) -> str:
    return _of(NATIVELY, card)


def _of(words: tuple[str, ...], card: Card) -> str:
    """One of the words, by the card's last digits: some cards meet the one, some the other."""
    return words[int(card.last4 or 0) % len(words)]


def _answered(issued: Answer, sent: dict[str, Any]) -> Answer:
    """Where nobody can be asked, a bank that wants to ask says no."""
    unattended = sent.get("shopperInteraction") == "ContAuth" and sent.get("recurringProcessingModel") in UNATTENDED
    never = (sent.get("authenticationData") or {}).get("attemptAuthentication") == "never"
    return decline("authentication_needed") if issued.event == "challenge" and (unattended or never) else issued


def _delay(account: Account, sent: dict[str, Any]) -> Any:
    """Hours until the capture, or "manual": as the request says, else as the merchant account is set."""
    if (sent.get("additionalData") or {}).get("manualCapture") == "true":
        return "manual"
    return sent.get("captureDelayHours", account.merchants[sent["merchantAccount"]]["capture"])


def _capture(account: Account, held: Authorization) -> None:
    if held.state == "authorized" and held.capturable:
        account.ledger.request("capture", held)
