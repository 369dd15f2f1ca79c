"""Braintree's facts agree with the catalogue, with the SDK's words, with each other and with the page about them."""

from __future__ import annotations

import re

import braintree
from braintree.error_codes import ErrorCodes

from paypact.cards import schemes
from paypact.cards.reasons import reasons
from paypact.gateways import load

FACTS = load("braintree").facts


def codes(owner: type) -> set[str]:
    """Every validation code of the SDK, nested ones too."""
    found = {value for name, value in vars(owner).items() if isinstance(value, str) and not name.startswith("_")}
    return found.union(*(codes(value) for value in vars(owner).values() if isinstance(value, type)))


def test_every_reason_and_scheme_has_a_row() -> None:
    """No neutral word for a decline and no scheme of the catalogue is without the vendor's."""
    assert set(FACTS.declines) == set(reasons())
    assert list(FACTS.schemes) == list(schemes())


def test_brands_are_the_sdks() -> None:
    """The words for brands are all those of the SDK that are still in use; one of them is for what it does not know."""
    known = {value for name, value in vars(braintree.CreditCard.CardType).items() if not name.startswith("_")}

    assert known - {fact.brand for fact in FACTS.schemes.values()} == {
        *("Carte Blanche", "Laser", "Solo", "Switch", "UK Maestro"),  # schemes that are no more
    }
    assert {fact.brand for fact in FACTS.schemes.values() if fact.standing == "unconfirmed"} == {"Unknown"}


def test_codes_are_the_sdks() -> None:
    """A refusal's code is one that the SDK lists; a rejection's reason, too."""
    rejections = {value for name, value in vars(braintree.Transaction.GatewayRejectionReason).items() if name[0] != "_"}

    assert {fact.wire["code"] for fact in FACTS.refusals.values()} - codes(ErrorCodes) == set()
    assert {fact.wire["rejection"] for fact in FACTS.declines.values() if "rejection" in fact.wire} <= rejections


def test_hard_declines_are_final_by_the_gateways_word() -> None:
    """What the processor calls hard must not be retried as it is; of the gateway's own rejections it says nothing."""
    for fact in FACTS.declines.values():
        assert fact.final == (True if fact.wire.get("type") == "hard_declined" else None)


def test_currencies() -> None:
    """What is said of a currency is said of one that is charged, and each has a merchant account."""
    facts, accounts = FACTS.currencies, load("braintree").simulator.accounts()

    assert {*facts.exponents, *facts.unconfirmed} <= set(facts.accepted)
    assert list(accounts) == list(facts.accepted)
    assert len(set(accounts.values())) == len(accounts)


def test_no_live_keys() -> None:
    """The pattern of live tokens knows one, and none of the keys that are made here."""
    (pattern,) = FACTS.gateway.live

    assert re.search(pattern, "access_token" + "$production$" + "0123456789abcdef")
    assert not any(re.search(pattern, value) for value in load("braintree").simulator.credentials().values())
