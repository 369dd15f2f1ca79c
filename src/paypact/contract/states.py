"""Provider states: what must be true at the gateway before a request of a contract makes sense, in domain terms.

A state is a sentence; its parameters are cards, answers and amounts, never ids of a gateway. Setting one up gives ids
back (GIVEN), which stand in later requests: a contract writes them as `${purchase}`. docs/contracts.md lists all.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from paypact.cards import classify
from paypact.cards.card import Card
from paypact.errors import PaypactError
from paypact.gateways.facts import TestCard
from paypact.gateways.vocabulary import answer
from paypact.payments import Address, Customer, Item, Money, Payment
from paypact.world.books import Authorization, Movement, Purchase
from paypact.world.world import World

RETURN_URL: Final = "https://shop.example/return"


class StateError(PaypactError):
    """A provider state that cannot be set up: its name or parameters are unknown, or the gateway has no such thing."""


@dataclass(frozen=True, slots=True)
class State:
    """What happens at the gateway, without the integration: `steps` are operations, in order."""

    meaning: str
    steps: tuple[str, ...] = ()
    answer: str = ""  # of the issuer, where the parameters name neither a card nor an answer


STATES: Final[Mapping[str, State]] = MappingProxyType(
    {
        "an empty account": State("nobody has paid anything yet"),
        "a card": State("the shopper has this card, and its token where the gateway has tokens"),
        "a payment is authorized": State("the amount is held on the card, nothing is captured", ("authorize",)),
        "a payment is paid": State("the amount is captured in full", ("sale",)),
        "a payment is captured": State("the amount was held, then captured in full", ("authorize", "capture")),
        "a payment is voided": State("the amount was held, then let go", ("authorize", "void")),
        "a payment is refunded": State("the amount was captured, then given back in full", ("sale", "refund")),
        "a payment is declined": State("the issuer said no", ("sale",), "decline:refused_unspecified"),
        "a payment is challenged": State("3-D Secure waits for the shopper", ("sale",), "challenge"),
        "a payment is pending": State("the issuer has not decided yet", ("sale",), "defer"),
    }
)

PARAMETERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "card": "a card number that the vendor publishes for tests (default: the first that is approved)",
        "answer": "what the issuer says, as in `approve`, `decline:insufficient_funds`, `challenge>decline:lost_card`",
        "amount": "in minor units of the currency (default: 1099)",
        "currency": "ISO 4217, upper case (default: the first that the gateway takes)",
        "reference": "the shop's name for the order (default: order-1)",
    }
)

GIVEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "token": "the gateway's token for the card",
        "purchase": "the id of the payment as a whole",
        "authorization": "the id of the card's authorization, where it has one of its own",
        "capture": "the id of the capture, where it has one of its own",
        "refund": "the id of the refund",
        "void": "the id of the void, where it has one of its own",
    }
)


def set_up(world: World, name: str, params: Mapping[str, Any]) -> dict[str, str]:
    """Make a state true in `world`; the ids by which a request can speak of it, named as in `GIVEN`.

    Raises:
        StateError: it cannot be.
    """
    state = STATES.get(name)
    if state is None:
        near = difflib.get_close_matches(name, STATES, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise StateError(f"provider state {name!r} is unknown{hint} (known: {'; '.join(STATES)})")
    strange = [key for key in params if key not in PARAMETERS]
    if strange:
        raise StateError(
            f"provider state {name!r}: parameter {strange[0]!r} is unknown (known: {', '.join(PARAMETERS)})"
        )
    if name == "an empty account":
        return {}
    payment = _payment(world, name, state, params)
    title = world.gateway.facts.gateway.title
    with world.outside(payment):
        for step in state.steps:
            if not world.simulator.elsewhere(payment, step):
                raise StateError(f"provider state {name!r}: a {step} without the integration is not simulated: {title}")
    given = {"token": payment.token} if payment.token else {}
    return given | _ids(world, payment)


def pay_with(world: World, number: str = "", amount: Money | None = None, reference: str = "order-1") -> Payment:
    """A payment of a made-up shopper with a card that the vendor publishes; empty: the first that is approved.

    Raises:
        StateError: the vendor publishes no such number.
    """
    facts, simulator = world.gateway.facts, world.simulator
    tests = {test.number: test for test in reversed(facts.test_cards)}
    plain = next((test for test in facts.test_cards if test.answers == ("approve",) and not test.unconfirmed), None)
    test = tests.get(number) if number else plain
    if number and test is None and not classify(number):
        raise StateError(f"card {number[:6]}… is no number of any card scheme; take one that the vendor publishes")
    card = _card(world, test, number)
    if test is None:
        world.issuer.issue(card)
    money = amount or Money(1099, facts.currencies.accepted[0])
    return Payment(
        reference=reference,
        attempt=f"{reference}-1",
        amount=money,
        card=card,
        token=simulator.tokenize(card),
        customer=_SHOPPER,
        items=(Item("Tea", 1, money),),
        description=f"Order {reference}",
        return_url=RETURN_URL,
        browser=simulator.browser(card),
    )


_SHOPPER = Customer(
    "Jenny Rosen",
    "jenny@shop.example",
    None,
    Address("Main Street 1", None, "Dublin", None, "D02 AF30", "IE"),
    "en-IE",
    "203.0.113.7",
)


def _payment(world: World, name: str, state: State, params: Mapping[str, Any]) -> Payment:
    amount, number = params.get("amount", 1099), params.get("card", "")
    currency = params.get("currency", world.gateway.facts.currencies.accepted[0])
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise StateError(f"provider state {name!r}: amount {amount!r} is no whole number of minor units")
    for key in ("card", "answer", "currency", "reference"):
        if not isinstance(params.get(key, ""), str):
            raise StateError(f"provider state {name!r}: {key} {params[key]!r} is no text")
    payment = pay_with(world, number, Money(amount, currency), params.get("reference", "order-1"))
    said = params.get("answer") or ("" if number else state.answer)
    if said:
        try:
            world.issuer.answers(payment.card, answer(said))
        except (ValueError, PaypactError) as error:
            raise StateError(f"provider state {name!r}: {error}") from None
    return payment


def _card(world: World, test: TestCard | None, number: str) -> Card:
    year = datetime.fromtimestamp(world.clock.time(), UTC).year + 2
    scheme = test.scheme if test is not None else classify(number) or "unknown"
    cvc = "1234" if scheme == "amex" else "123"
    return Card(test.number if test is not None else number, 12, year, cvc, _SHOPPER.name, scheme, (scheme,))


def _ids(world: World, payment: Payment) -> dict[str, str]:
    """The ids of the payment's parts, the first name of each; a part without one is left out."""
    ledger = world.ledger
    held = [a for p in ledger.purchases for a in p.authorizations if a.card.key == payment.card.key]
    if not held:
        return {}
    newest = held[-1]
    parts: list[tuple[str, Purchase | Authorization | Movement]] = [
        ("purchase", newest.purchase),
        ("authorization", newest),
        *((movement.kind, movement) for movement in newest.movements),
    ]
    return {kind: name for kind, part in parts if (name := ledger.name_of(part))}
