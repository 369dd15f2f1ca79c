"""The vendor's published test cards and named tokens, and what each card scheme is called."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from paypact import Card
from paypact.cards import schemes
from paypact.gateways import load
from paypact.gateways.facts import TestCard as PublishedCard
from paypact.world.world import World

FACTS = load("stripe").facts
BACK = "https://shop.example/back"
SALE = {"amount": 1099, "currency": "usd", "confirm": True, "return_url": BACK, "expand": ["latest_charge"]}
AFTER = {"succeeded": "succeeded", "failed": "requires_payment_method"}


def expected(test: PublishedCard) -> tuple[str, str]:
    """What becomes of a payment with this card: the intent's status, and the word of a decline."""
    first, _, behind = test.answers[0].partition(">")
    event, _, word = first.partition(":")
    if event in ("decline", "reject"):
        said = FACTS.declines[word].wire
        return "requires_payment_method", said.get("decline_code", said["code"])
    return ("requires_action", behind) if event == "challenge" else ("succeeded", "")


def outcome(client: Any, sale: dict[str, Any]) -> tuple[str, str, Any]:
    """The intent's status, the word of a decline, and the charge."""
    try:
        intent = client.payment_intents.create(sale)
    except stripe.CardError as error:
        refused: Any = error.error
    else:
        return intent.status, "", intent.latest_charge
    charge = client.charges.retrieve(refused.payment_intent.latest_charge)
    return refused.payment_intent.status, refused.decline_code, charge


@pytest.mark.parametrize("test", FACTS.test_cards, ids=lambda test: test.token or test.number)
def test_published_card(client: Any, test: PublishedCard) -> None:
    """Each does what the vendor says, by its token where it has one and by its number."""
    address = {"line1": "1 Main Street", "postal_code": "12345"}
    typed = {
        "type": "card",
        "card": {"number": test.number, "exp_month": 12, "exp_year": 34, "cvc": "123"},
        "billing_details": {"address": address},
    }
    ways: list[dict[str, Any]] = [{"payment_method_data": typed}]
    if test.token:
        ways.append({"payment_method": test.token})
    for way in ways:
        status, word, charge = outcome(client, {**SALE, **way})
        wanted, reason = expected(test)
        assert status == wanted
        if charge is None:
            continue
        assert word == (reason if wanted == "requires_payment_method" else "")
        assert charge.payment_method_details.card.last4 == test.number[-4:]
        assert charge.payment_method_details.card.country == test.wire.get("country", "US")
        assert charge.payment_method_details.card.funding == test.wire.get("funding", "credit")
        assert charge.outcome.risk_level == test.wire.get("risk", "normal")


@pytest.mark.parametrize(
    ("number", "line1", "postcode", "cvc"),
    [
        ("4000000000000101", "pass", "pass", "fail"),
        ("4000000000000036", "pass", "fail", "pass"),
        ("4000000000000028", "fail", "pass", "pass"),
        ("4000000000000010", "fail", "fail", "pass"),
        ("4000000000000044", "unavailable", "unavailable", "pass"),
        ("4242424242424242", "pass", "pass", "pass"),
    ],
)
def test_checks(client: Any, number: str, line1: str, postcode: str, cvc: str) -> None:
    """The results of the checks ride on an approval, for what was sent."""
    typed = {
        "type": "card",
        "card": {"number": number, "exp_month": 12, "exp_year": 2034, "cvc": "123"},
        "billing_details": {"address": {"line1": "1 Main Street", "postal_code": "12345"}},
    }
    checks = outcome(client, {**SALE, "payment_method_data": typed})[2].payment_method_details.card.checks
    assert (checks.address_line1_check, checks.address_postal_code_check, checks.cvc_check) == (line1, postcode, cvc)
    bare = {"type": "card", "card": {"number": number, "exp_month": 12, "exp_year": 2034}}
    checks = outcome(client, {**SALE, "payment_method_data": bare})[2].payment_method_details.card.checks
    assert (checks.address_line1_check, checks.address_postal_code_check, checks.cvc_check) == (None, None, None)


def test_wrong_security_code_needs_one(client: Any) -> None:
    """The card whose security code is wrong is approved where none was sent."""
    bare = {"type": "card", "card": {"number": "4000000000000127", "exp_month": 12, "exp_year": 2034}}
    assert outcome(client, {**SALE, "payment_method_data": bare})[0] == "succeeded"


@pytest.mark.parametrize(
    ("token", "request_3ds", "status"),
    [
        ("pm_card_threeDSecureOptional", "automatic", "succeeded"),
        ("pm_card_threeDSecureOptional", "any", "requires_action"),
        ("pm_card_threeDSecureOptionalProcessingError", "any", "requires_payment_method"),
        ("pm_card_visa", "any", "succeeded"),
    ],
)
def test_asking_for_a_challenge(client: Any, token: str, request_3ds: str, status: str) -> None:
    """Some cards challenge only when the request asks for it."""
    options = {"card": {"request_three_d_secure": request_3ds}}
    assert outcome(client, {**SALE, "payment_method": token, "payment_method_options": options})[0] == status


def test_set_up_once(client: Any, world: World, payment: Any) -> None:
    """The card that must be set up is challenged then, and off session no more."""
    customer = client.customers.create({}).id
    asked = client.setup_intents.create(
        {
            "payment_method": "pm_card_authenticationRequiredOnSetup",
            "customer": customer,
            "confirm": True,
            "return_url": BACK,
        }
    )
    assert asked.status == "requires_action"
    world.simulator.visit(asked.client_secret, payment(""), "passed")
    method = client.setup_intents.retrieve(asked.id).payment_method
    assert client.payment_methods.retrieve(method).customer == customer
    later = {**SALE, "payment_method": method, "customer": customer}
    assert outcome(client, {**later, "off_session": True})[0] == "succeeded"
    assert outcome(client, later)[0] == "requires_action"


def test_off_session_only(client: Any) -> None:
    """The card that is set up elsewhere passes off session and is challenged on session."""
    sale = {**SALE, "payment_method": "pm_card_authenticationRequiredSetupForOffSession"}
    assert outcome(client, {**sale, "off_session": True})[0] == "succeeded"
    assert outcome(client, sale)[0] == "requires_action"


@pytest.mark.parametrize(
    ("token", "first", "later"),
    [
        ("pm_card_pendingRefund", "pending", "succeeded"),
        ("pm_card_refundFail", "succeeded", "failed"),
        ("pm_card_visa", "succeeded", "succeeded"),
    ],
)
def test_refund_of_a_published_card(client: Any, world: World, token: str, first: str, later: str) -> None:
    """Two cards' refunds change after a while; a failed one gives the amount back to the merchant."""
    intent = client.payment_intents.create({**SALE, "payment_method": token})
    refund = client.refunds.create({"payment_intent": intent.id})
    assert refund.status == first
    world.clock.advance(2 * 86_400)
    assert client.refunds.retrieve(refund.id).status == later
    assert client.charges.retrieve(refund.charge).amount_refunded == (0 if later == "failed" else 1099)


def test_a_suite_rules_over_published_cards(client: Any, world: World) -> None:
    """A published number that a suite issued does what the suite says."""
    card = Card("4000000000000002", 12, 2030, "123", "Jenny Rosen", "visa", ("visa",))
    world.issuer.issue(card)
    assert outcome(client, {**SALE, "payment_method": world.simulator.tokenize(card)})[0] == "succeeded"


def test_every_scheme_has_a_row() -> None:
    """The facts say for every scheme of the catalogue what becomes of its cards."""
    assert set(FACTS.schemes) == set(schemes())


@pytest.mark.parametrize("scheme", schemes())
def test_scheme(client: Any, world: World, scheme: str) -> None:
    """A card of a scheme is taken under the vendor's word for it, or refused with an attempt in the ledger."""
    fact = FACTS.schemes[scheme]
    card = Card("6799990100000000019", 12, 2030, "123", "Jenny Rosen", scheme, (scheme,))
    world.issuer.issue(card)
    status, word, charge = outcome(client, {**SALE, "payment_method": world.simulator.tokenize(card)})
    (held,) = world.ledger.purchases[0].authorizations
    assert held.card is card
    if fact.code is None:
        assert (status, charge.payment_method_details.card.brand) == ("succeeded", fact.brand)
        assert charge.payment_method_details.card.network == fact.network
    else:
        assert (status, word, held.state) == ("requires_payment_method", "card_not_supported", "rejected")


@pytest.mark.parametrize(
    ("networks", "choice", "brand", "network", "display"),
    [
        (("cartes_bancaires", "visa"), None, "visa", "visa", "visa"),
        (("cartes_bancaires", "visa"), "cartes_bancaires", "visa", "cartes_bancaires", "cartes_bancaires"),
        (("eftpos_au", "mastercard"), "mastercard", "mastercard", "mastercard", "mastercard"),
        (("bancontact", "maestro"), None, "mastercard", "mastercard", "mastercard"),
        (("dankort", "visa"), None, "visa", "visa", "visa"),
        ((), None, "unknown", "unknown", "other"),
    ],
)
def test_networks(
    client: Any, world: World, networks: tuple[str, ...], choice: str, brand: str, network: str, display: str
) -> None:
    """A co-badged card shows its international brand, and runs on the network that the shopper chose."""
    card = Card("4000002500001001", 12, 2030, "123", "J", networks[0] if networks else "visa", networks, network=choice)
    world.issuer.issue(card)
    token = world.simulator.tokenize(card)
    shown = client.payment_methods.retrieve(token).card
    assert (shown.brand, shown.display_brand, shown.networks.preferred) == (brand, display, choice)
    charged = outcome(client, {**SALE, "payment_method": token})[2].payment_method_details.card
    assert (charged.brand, charged.network) == (brand, network)


def test_network_asked_for(client: Any) -> None:
    """The request may choose the network, too; one that does not fit is told."""
    typed = {"number": "4000002500001001", "exp_month": 12, "exp_year": 2034, "networks": {"preferred": "mastercard"}}
    method = client.payment_methods.create({"type": "card", "card": typed})
    assert method.card.networks.to_dict() == {
        "available": ["visa", "cartes_bancaires"],
        "preferred": "invalid_preference",
    }
    options = {"card": {"network": "cartes_bancaires"}}
    charged = outcome(client, {**SALE, "payment_method": method.id, "payment_method_options": options})[2]
    assert charged.payment_method_details.card.network == "cartes_bancaires"


@pytest.mark.parametrize("wallet", ["apple_pay", "google_pay", "samsung_pay", "link"])
def test_wallet(client: Any, world: World, wallet: str) -> None:
    """A wallet is named, with the last four digits that it shows; its card has no number."""
    card = Card("", 12, 2030, None, "J", "visa", ("visa",), wallet=wallet, tail="4242")
    world.issuer.issue(card)
    charged = outcome(client, {**SALE, "payment_method": world.simulator.tokenize(card)})[2].payment_method_details.card
    assert charged.wallet.to_dict() == {"dynamic_last4": "4242", "type": wallet, wallet: {}}
    assert (charged.last4, charged.network_token.used) == ("4242", True)
