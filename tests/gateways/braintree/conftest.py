"""One world of Braintree a test, reached by the vendor's SDK through the in-process host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import braintree
import pytest

from paypact import Card, SimulatedGateway, hosts
from paypact.gateways import load
from paypact.world import clock
from paypact.world.issuer import Answer
from paypact.world.world import World

NUMBER = "4111111111111111"
DAY = 86_400.0


@pytest.fixture
def world() -> Iterator[World]:
    made = World(load("braintree"))
    with clock.running(made.clock):
        yield made
    assert made.defect is None, made.defect


@pytest.fixture
def attached(world: World) -> Iterator[SimulatedGateway]:
    with hosts.attached(world) as gateway:
        yield gateway


@pytest.fixture
def sdk(attached: SimulatedGateway) -> braintree.BraintreeGateway:
    """The vendor's SDK, as its own documentation sets it up."""
    environment: Any = braintree.Environment.Sandbox
    credentials: Any = attached.credentials
    return braintree.BraintreeGateway(braintree.Configuration(environment=environment, **credentials))


@pytest.fixture
def nonce(world: World) -> Callable[..., str]:
    """A nonce for a new Visa card, whose issuer answers as told."""
    made = iter(range(1, 1_000))

    def mint(*answers: Answer, **fields: Any) -> str:
        number = f"41111111{next(made):08}"
        usual: dict[str, Any] = {"exp_month": 12, "exp_year": 2034, "cvc": "123", "holder": "Test Cardholder"}
        card = Card(**{"number": number, **usual, "scheme": "visa", "networks": ("visa",), **fields})
        world.issuer.answers(card, *answers) if answers else world.issuer.issue(card)
        return world.simulator.tokenize(card)

    return mint


@pytest.fixture
def sale(sdk: Any, nonce: Callable[..., str]) -> Callable[..., Any]:
    """A sale of 10.90 dollars through the SDK; `answers` are the issuer's."""

    def make(*answers: Answer, amount: str = "10.90", submit: bool = True, **more: Any) -> Any:
        options = {"submit_for_settlement": submit, **more.pop("options", {})}
        card = (
            {}
            if {"credit_card", "payment_method_token", "payment_method_nonce"} & set(more)
            else {"payment_method_nonce": nonce(*answers)}
        )
        return sdk.transaction.sale({"amount": Decimal(amount), "options": options, **card, **more})

    return make


@pytest.fixture
def days(world: World) -> Callable[[float], None]:
    """Let that many days pass."""
    return lambda number: world.clock.advance(number * DAY)
