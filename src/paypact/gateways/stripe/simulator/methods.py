"""PaymentMethods: cards as Stripe sees them, their single use, and the published test cards."""

from __future__ import annotations

from typing import Any

from paypact.cards import classify, schemes
from paypact.cards.card import Card
from paypact.cards.catalogue import luhn_valid
from paypact.gateways.facts import TestCard
from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import checks
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.errors import Refusal
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Method
from paypact.world import answers
from paypact.world.ids import letters
from paypact.world.issuer import Answer, approve, reject

CHECKS = {"match": "pass", "no_match": "fail", "unchecked": "unchecked", "unavailable": "unavailable"}
FUNDING = ("credit", "debit", "prepaid")
LENGTHS = range(12, 20)
CVC_LENGTHS = (3, 4)
YEARS_AHEAD = 50  # docs.stripe.com/testing: a year up to fifty years away is looked at
CENTURY, MONTHS = 100, 12


# --- making ---------------------------------------------------------------------------------------------------------


def create(account: Account, call: Call) -> wire.PaymentMethod:
    if "payment_method" in call.params or "customer" in call.params:
        raise account.not_simulated("POST /v1/payment_methods with payment_method")
    return render(account, made(account, call.params, ""))


def made(account: Account, asked: dict[str, Any], inside: str) -> Method:
    """The PaymentMethod that POST payment_methods or `payment_method_data` describes."""
    kind = asked.get("type", "card" if "card" in asked else None)
    if kind is None:
        raise account.refuse("parameter_missing", name=f"{inside}[type]" if inside else "type")
    sent = asked.get("card", {})
    if kind != "card" or "token" in sent:
        raise account.not_simulated(f"payment method type {kind}" if kind != "card" else "card[token]")
    billing = asked.get("billing_details") or {}
    method = keep(account, _card(account, sent, billing, f"{inside}[card]" if inside else ""))
    method.billing, method.metadata = billing, checks.metadata(account, asked, {})
    method.preferred = (sent.get("networks") or {}).get("preferred")
    method.allow_redisplay = asked.get("allow_redisplay", method.allow_redisplay)
    return method


def keep(account: Account, card: Card, test: TestCard | None = None) -> Method:
    """Remember a card under a new id."""
    method = Method(account.make_id("pm_"), account.now(), card, test=test or account.words.numbers.get(card.number))
    account.methods[method.id] = method
    return method


def _card(account: Account, sent: dict[str, Any], billing: dict[str, Any], inside: str) -> Card:
    """The card as it was typed, refused here where no bank need be asked."""
    for name in ("exp_month", "exp_year"):
        if name not in sent:
            raise account.refuse("parameter_missing", name=f"{inside or 'card'}[{name}]")
    number = "".join(sign for sign in sent.get("number", "") if sign not in " -")
    year = sent["exp_year"]
    if year < CENTURY:
        year += account.month()[0] // CENTURY * CENTURY
    holder, month, cvc = billing.get("name") or "", sent["exp_month"], sent.get("cvc")
    card = _of_number(account, number, month, year, cvc, holder)
    rule = _fault(account, card)
    if rule is None:
        return card
    said = account.facts.refusals[rule].wire
    declines = account.facts.declines.items()
    words = (word for word, fact in declines if said["code"] in (fact.wire["code"], *fact.wire.get("also", ())))
    account.ledger.turn_away(card, next(words))
    raise account.refuse(rule, name=f"{inside}[{said['param']}]" if inside else said["param"])


def _of_number(account: Account, number: str, month: int, year: int, cvc: str | None, holder: str) -> Card:
    """What the number says of its card: as the suite issued it, as the vendor published it, or by its first digits."""
    issued, test = account.world.issuer.issued(number), account.words.numbers.get(number)
    if issued is not None:
        kind = issued.scheme, issued.networks
        return Card(number, month, year, cvc, holder, *kind, network=issued.network, funding=issued.funding)
    if test is not None:
        return _published(test, month, year, cvc, holder)
    scheme = classify(number) or "unknown"
    return Card(number, month, year, cvc, holder, scheme, (scheme,))


def _published(test: TestCard, month: int, year: int, cvc: str | None, holder: str) -> Card:
    networks = tuple(test.wire.get("networks", (test.scheme,)))
    return Card(
        test.number, month, year, cvc, holder, test.scheme, networks, funding=test.wire.get("funding", "credit")
    )


def _fault(account: Account, card: Card) -> str | None:
    number, month, year, cvc = card.number, card.exp_month, card.exp_year, card.cvc
    if not number:
        return "card_number_missing"
    if not number.isdecimal() or len(number) not in LENGTHS:
        return "card_number_invalid"
    scheme = schemes().get(card.scheme)
    lawless = scheme is not None and scheme.luhn != "required" and account.world.issuer.issued(number) is not None
    if not lawless and not luhn_valid(number):
        return "card_number_luhn"
    today = account.month()
    if month is None or not 1 <= month <= MONTHS or (year == today[0] and month < today[1]):
        return "card_month_invalid"
    if year is None or not today[0] <= year <= today[0] + YEARS_AHEAD:
        return "card_year_invalid"
    if cvc is not None and (not cvc.isdecimal() or len(cvc) not in CVC_LENGTHS):
        return "card_cvc_invalid"
    return None


# --- using ----------------------------------------------------------------------------------------------------------


def named(account: Account, id_: str, param: str | None = None) -> Method:
    """The PaymentMethod of that id; the vendor's fixed names (`pm_card_visa`) mint a new one each time.

    Raises:
        Refusal: there is none.
    """
    method = account.methods.get(id_)
    if method is not None:
        return method
    test = account.words.tokens.get(id_)
    if test is None:
        raise account.missing("payment_method", id_, param)
    cvc = "1234" if test.scheme == "amex" else "123"
    return keep(account, _published(test, MONTHS, account.month()[0] + 1, cvc, ""), test)


def usable(account: Account, id_: str, customer: str | None) -> Method:
    """The PaymentMethod of that id, if an intent of `customer` may use it.

    Raises:
        Refusal: it is unknown, spent, or somebody else's.
    """
    method = named(account, id_, "payment_method")
    owner = account.people.get(method.customer or "")
    if method.spent or (owner is not None and owner.deleted):
        raise account.refuse("spent_method")
    if method.customer is not None and method.customer != customer:
        rule = "customer_needed" if customer is None else "customer_lacks_method"
        raise account.refuse(rule, method=method.id, customer=method.customer)
    return method


def answer(account: Account, method: Method, *, asked: bool, off_session: bool) -> Answer:
    """The issuer's next answer; a published test number that no suite scripted behaves as published."""
    card, test = method.card, method.test
    refused = account.words.refusal(card)
    if refused is not None:
        return reject(refused)
    if test is not None and not account.scripted(card):
        account.published.add(card.key)
        account.world.issuer.answers(card, _behaviour(test, method, asked=asked, off_session=off_session))
    return account.world.issuer.answer(card)


def _behaviour(test: TestCard, method: Method, *, asked: bool, off_session: bool) -> Answer:
    told = test.wire
    if asked and "asked" in told:
        return answers.parse(told["asked"])
    spared = "unless" in told and off_session and (told["unless"] == "off session" or method.authenticated)
    if spared or (told.get("needs") == "cvc" and not method.card.cvc):
        return approve()
    return answers.parse(test.answers[0])


# --- rendering ------------------------------------------------------------------------------------------------------


def render(account: Account, method: Method) -> wire.PaymentMethod:
    card, words = method.card, account.words
    brand, available, preferred = words.brand(card), words.networks(card), method.preferred or words.chosen(card)
    if preferred is not None and preferred not in available:
        preferred = "invalid_preference"
    display = account.facts.wire["display_brand"]["words"]
    return wire.PaymentMethod(
        id=method.id,
        allow_redisplay=method.allow_redisplay,
        billing_details=billing(method),
        card=wire.MethodCard(
            brand=brand,
            checks=results(method, "unchecked", "unchecked", "unchecked"),
            country=country(method),
            display_brand=display.get(preferred or brand, "other"),
            exp_month=card.exp_month or MONTHS,
            exp_year=card.exp_year or account.month()[0],
            fingerprint=fingerprint(card),
            funding=card.funding if card.funding in FUNDING else "unknown",
            last4=card.last4,
            networks=wire.Networks(available=available, preferred=preferred),
            three_d_secure_usage=wire.Supported(),
            wallet=wallet(account, card),
        ),
        created=method.created,
        customer=method.customer,
        metadata=method.metadata,
    )


def results(method: Method, cvc: str, line1: str, postcode: str) -> wire.Checks:
    """The results of the checks; null for what was not sent."""
    address = method.billing.get("address") or {}
    return wire.Checks(
        cvc_check=cvc if method.card.cvc else None,
        address_line1_check=line1 if address.get("line1") else None,
        address_postal_code_check=postcode if address.get("postal_code") else None,
    )


def country(method: Method) -> str:
    return str(method.test.wire.get("country", "US")) if method.test else "US"


def fingerprint(card: Card) -> str:
    return letters("card", card.key, length=16)


def billing(method: Method) -> wire.BillingDetails:
    said = method.billing
    return wire.BillingDetails(
        address=address(said.get("address")),
        email=said.get("email") or None,
        name=said.get("name") or method.card.holder or None,
        phone=said.get("phone") or None,
        tax_id=said.get("tax_id") or None,
    )


def address(said: dict[str, str] | None) -> wire.Address:
    return wire.Address(**{name: text or None for name, text in (said or {}).items()})


def wallet(account: Account, card: Card) -> wire.Wallet | None:
    kind = account.facts.wallets.get(card.wallet or "", {}).get("type")
    return wire.Wallet(dynamic_last4=card.tail or None, type=kind, **{kind: {}}) if kind else None


# --- the other calls ------------------------------------------------------------------------------------------------


def retrieve(account: Account, call: Call) -> wire.PaymentMethod:
    return render(account, named(account, call.id))


def attach(account: Account, call: Call) -> wire.PaymentMethod:
    method = named(account, call.id)
    if "customer" not in call.params:
        raise account.refuse("parameter_missing", name="customer")
    person = account.person(call.params["customer"], "customer")
    if method.spent:
        raise account.refuse("spent_method_attach")
    if method.customer not in (None, person.id):
        raise account.refuse("attached_elsewhere")
    if method.test is not None and method.test.wire.get("attach") == "refused" and not account.scripted(method.card):
        word = method.test.answers[0].partition(":")[2]
        account.ledger.turn_away(method.card, word)
        raise Refusal(402, account.decline(word), f"attach {word}")
    method.customer = person.id
    return render(account, method)


def detach(account: Account, call: Call) -> wire.PaymentMethod:
    method = named(account, call.id)
    if method.customer is None:
        raise account.refuse("detach_unattached")
    method.customer, method.spent = None, True
    return render(account, method)


def update(account: Account, call: Call) -> wire.PaymentMethod:
    method = named(account, call.id)
    if method.customer is None:
        raise account.refuse("update_unattached")
    method.billing = {**method.billing, **(call.params.get("billing_details") or {})}
    method.metadata = checks.metadata(account, call.params, method.metadata)
    return render(account, method)


def of_customer(account: Account, call: Call) -> wire.Page:
    person = account.person(call.id, None)
    found = [one for one in reversed(account.methods.values()) if one.customer == person.id]
    kept = found if call.params.get("type", "card") == "card" else []
    return page(account, call, kept, lambda one: render(account, one))


def all_of(account: Account, call: Call) -> wire.Page:
    call.id = account.customer(call.params) or ""
    return of_customer(account, call) if call.id else page(account, call, (), lambda one: render(account, one))
