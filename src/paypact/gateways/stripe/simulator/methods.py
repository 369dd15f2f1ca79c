"""PaymentMethods: cards as Stripe sees them, their single use, and the published test cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paypact.cards import classify, schemes
from paypact.cards.card import Card
from paypact.cards.catalogue import luhn_valid
from paypact.gateways.facts import TestCard
from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Method
from paypact.world.http import NotSimulatedError
from paypact.world.issuer import Answer, approve, challenge, decline, reject

if TYPE_CHECKING:
    from paypact.gateways.stripe.simulator import Stripe

CHECKS = {"match": "pass", "no_match": "fail", "unchecked": "unchecked", "unavailable": "unavailable"}
YEARS_AHEAD = 50  # docs.stripe.com/testing: a year up to fifty years in the past or future is looked at
AMEX_CVC = 4
CVC = 3
SHORTEST, LONGEST = 12, 19


def create(stripe: Stripe, call: Call) -> wire.PaymentMethod:
    if call.params.get("payment_method") or call.params.get("customer"):
        raise NotSimulatedError("Stripe POST /v1/payment_methods with payment_method (sharing across accounts)")
    return render(stripe, made(stripe, call.params, ""))


def made(stripe: Stripe, params: dict[str, Any], inside: str) -> Method:
    """The PaymentMethod that `payment_method_data` or POST payment_methods describes."""
    kind = params.get("type", "card" if "card" in params else "")
    if kind != "card":
        if not kind:
            raise stripe.refuse("parameter_missing", name=f"{inside}[type]" if inside else "type")
        raise NotSimulatedError(f"Stripe payment method type {kind!r}")
    sent = params.get("card", {})
    if "token" in sent:
        raise NotSimulatedError("Stripe card[token]")
    card = _card(stripe, sent, params.get("billing_details") or {}, f"{inside}[card]" if inside else "card")
    return keep(
        stripe,
        card,
        billing=params.get("billing_details") or {},
        metadata=params.get("metadata") or {},
        preferred=(sent.get("networks") or {}).get("preferred"),
        allow_redisplay=params.get("allow_redisplay", "unspecified"),
    )


def keep(stripe: Stripe, card: Card, **said: Any) -> Method:
    """Remember a card under a new `pm_` id."""
    said.setdefault("billing", {})
    said.setdefault("metadata", {})
    method = Method(stripe.make_id("pm_"), card, stripe.now(), **said)
    method.test = stripe.known.numbers.get(card.number) if card.number else None
    method.cvc_check = "unchecked" if card.cvc else None
    stripe.methods[method.id] = method
    return method


def _card(stripe: Stripe, sent: dict[str, Any], billing: dict[str, Any], inside: str) -> Card:
    """The card as it was typed, refused here where no bank need be asked."""
    number = "".join(ch for ch in sent.get("number", "") if ch not in " -")
    year = sent.get("exp_year")
    if year is not None and year < 100:  # noqa: PLR2004 - two digits, documented as legal
        year += 2000
    issued = stripe.world.issuer.issued(number)
    test = stripe.known.numbers.get(number)
    scheme = issued.scheme if issued else test.scheme if test else classify(number) or "unknown"
    networks = issued.networks if issued else tuple(test.wire.get("networks", (scheme,))) if test else (scheme,)
    funding = issued.funding if issued else test.wire.get("funding", "credit") if test else "credit"
    card = Card(number, sent.get("exp_month"), year, sent.get("cvc"), billing.get("name") or "", scheme, networks, funding=funding)
    rule = _fault(stripe, card)
    if rule:
        reason = stripe.known.reasons.get(stripe.facts.refusals[rule].wire["code"], rule)
        stripe.ledger.turn_away(card, reason)
        refusal = stripe.refuse(rule)
        error = refusal.response.body.error
        error.param = f"{inside}[{error.param}]" if inside != "card" else error.param
        raise refusal
    return card


def _fault(stripe: Stripe, card: Card) -> str | None:
    number, month, year, cvc = card.number, card.exp_month, card.exp_year, card.cvc
    if not number:
        return "card_number_missing"
    if not number.isdecimal() or not SHORTEST <= len(number) <= LONGEST:
        return "card_number_invalid"
    catalogued = schemes().get(card.scheme)
    if not luhn_valid(number) and not (stripe.world.issuer.issued(number) and catalogued and catalogued.luhn != "required"):
        return "card_number_luhn"
    if month is None or not 1 <= month <= 12:  # noqa: PLR2004 - months
        return "card_month_invalid"
    this_year, this_month = stripe.month()
    if year is None or not this_year <= year <= this_year + YEARS_AHEAD:
        return "card_year_invalid"
    if (year, month) < (this_year, this_month):
        return "card_month_invalid"
    if cvc is not None and (not cvc.isdecimal() or len(cvc) not in (CVC, AMEX_CVC)):
        return "card_cvc_invalid"
    return None


def named(stripe: Stripe, name: str, param: str) -> Method:
    """The PaymentMethod of that id; the vendor's fixed names (`pm_card_visa`) mint a new one each time.

    Raises:
        Refusal: there is none.
    """
    method = stripe.methods.get(name)
    if method is not None:
        return method
    test = stripe.known.tokens.get(name)
    if test is None:
        raise stripe.missing("payment_method", name, param)
    year = stripe.month()[0] + 1
    networks = tuple(test.wire.get("networks", (test.scheme,)))
    cvc = "1234" if test.scheme == "amex" else "123"
    card = Card(test.number, 12, year, cvc, "", test.scheme, networks, funding=test.wire.get("funding", "credit"))
    method = keep(stripe, card)
    method.test = test
    return method


def usable(stripe: Stripe, name: str, customer: str | None) -> Method:
    """The PaymentMethod of that id, if it may be used in an intent of `customer`.

    Raises:
        Refusal: unknown, spent, or somebody else's.
    """
    method = named(stripe, name, "payment_method")
    owner = stripe.customers.get(method.customer) if method.customer else None
    if method.spent or (owner is not None and owner.deleted):
        raise stripe.refuse("spent_method")
    if method.customer and customer is None:
        raise stripe.refuse("customer_needed", method=method.id, customer=method.customer)
    if method.customer and method.customer != customer:
        raise stripe.refuse("customer_lacks_method", method=method.id)
    return method


def answer(stripe: Stripe, method: Method, *, asked: bool, off_session: bool) -> Answer:
    """The issuer's next answer; a published test number that no suite scripted behaves as published."""
    card, issuer, test = method.card, stripe.world.issuer, method.test
    if not stripe.known.accepts(card):
        return reject("card_product_unsupported")
    if test is not None and (issuer.issued(card.key) is None or card.key in stripe.published):
        stripe.published.add(card.key)
        issuer.answers(card, _published(test, method, asked=asked, off_session=off_session))
    return issuer.answer(card)


def _published(test: TestCard, method: Method, *, asked: bool, off_session: bool) -> Answer:
    wanted = test.answers[0]
    unless = test.wire.get("unless")
    if (test.wire.get("needs") == "cvc" and not method.card.cvc) or (
        unless and off_session and (unless == "off session" or method.authenticated)
    ):
        wanted = "approve"
    if asked and "asked" in test.wire:
        wanted = test.wire["asked"]
    first, _, behind = wanted.partition(">")
    event, _, detail = first.partition(":")
    if event == "challenge":
        return challenge(_plain(behind) if behind else None)
    return _plain(first) if detail else approve()


def _plain(text: str) -> Answer:
    event, _, detail = text.partition(":")
    if event == "approve":
        check, _, result = detail.partition("=")
        return approve(cvc=result if check == "cvc" else "match", address=result if check == "address" else "match")
    return {"decline": decline, "reject": reject}[event](detail)


# --- rendering ------------------------------------------------------------------------------------------------------


def render(stripe: Stripe, method: Method) -> wire.PaymentMethod:
    card, known = method.card, stripe.known
    brand = known.brand(card)
    networks = known.networks(card)
    return wire.PaymentMethod(
        id=method.id,
        billing_details=billing(method),
        allow_redisplay=method.allow_redisplay,
        card=wire.MethodCard(
            brand=brand,
            checks=wire.Checks(
                cvc_check=method.cvc_check,
                address_line1_check="unchecked" if (method.billing.get("address") or {}).get("line1") else None,
                address_postal_code_check="unchecked" if (method.billing.get("address") or {}).get("postal_code") else None,
            ),
            country=country(method),
            display_brand=known.display.get(known.chosen(card, method.preferred) or brand, "other"),
            exp_month=card.exp_month or 12,
            exp_year=card.exp_year or stripe.month()[0],
            fingerprint=stripe.fingerprint(card),
            funding=card.funding if card.funding in ("credit", "debit", "prepaid") else "unknown",
            last4=card.last4,
            networks=wire.Networks(available=networks, preferred=known.chosen(card, method.preferred)),
            wallet=wallet(stripe, card),
            three_d_secure_usage=wire.Supported(),
        ),
        created=method.created,
        customer=method.customer,
        metadata=dict(method.metadata),
    )


def country(method: Method) -> str:
    return str(method.test.wire.get("country", "US")) if method.test else "US"


def billing(method: Method) -> wire.BillingDetails:
    said = method.billing
    address = said.get("address") or {}
    return wire.BillingDetails(
        address=wire.Address(**address),
        email=said.get("email") or None,
        name=said.get("name") or method.card.holder or None,
        phone=said.get("phone") or None,
        tax_id=said.get("tax_id") or None,
    )


def wallet(stripe: Stripe, card: Card) -> wire.Wallet | None:
    kind = stripe.facts.wallets.get(card.wallet, {}).get("type") if card.wallet else None
    if kind is None:
        return None
    return wire.Wallet(dynamic_last4=card.tail or None, type=kind, **{kind: {}})


# --- the other calls ------------------------------------------------------------------------------------------------


def retrieve(stripe: Stripe, call: Call) -> wire.PaymentMethod:
    return render(stripe, named(stripe, call.id, "payment_method"))


def attach(stripe: Stripe, call: Call) -> wire.PaymentMethod:
    method = named(stripe, call.id, "payment_method")
    if "customer" not in call.params:
        raise stripe.refuse("parameter_missing", name="customer")
    person = stripe.person(call.params["customer"], "customer")
    if method.spent:
        raise stripe.refuse("spent_method_attach")
    if method.customer and method.customer != person.id:
        raise stripe.refuse("attached_elsewhere")
    test = method.test
    if test is not None and test.wire.get("attach") == "refused" and not stripe.scripted(method.card):
        word = test.answers[0].partition(":")[2]
        stripe.ledger.turn_away(method.card, word)
        raise stripe.declined(word)
    method.customer = person.id
    return render(stripe, method)


def detach(stripe: Stripe, call: Call) -> wire.PaymentMethod:
    method = named(stripe, call.id, "payment_method")
    if method.customer is None:
        raise stripe.refuse("detach_unattached")
    method.customer, method.spent = None, True
    return render(stripe, method)


def update(stripe: Stripe, call: Call) -> wire.PaymentMethod:
    method = named(stripe, call.id, "payment_method")
    if method.customer is None:
        raise stripe.refuse("update_unattached")
    details = call.params.get("billing_details")
    if details:
        method.billing = {**method.billing, **details}
    method.metadata = stripe.metadata(call.params, method.metadata)
    return render(stripe, method)


def of_customer(stripe: Stripe, call: Call) -> wire.Page:
    call.params["customer"] = call.id
    return all_of(stripe, call)


def all_of(stripe: Stripe, call: Call) -> wire.Page:
    customer = stripe.person(call.params["customer"], "customer").id if "customer" in call.params else None
    kind = call.params.get("type", "card")
    found = [one for one in reversed(stripe.methods.values()) if customer and one.customer == customer and kind == "card"]
    return page(stripe, call, found, lambda one: render(stripe, one))
