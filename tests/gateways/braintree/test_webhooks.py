"""Webhooks: which are sent, read by the SDK's own parser, and the question whether an address is ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from braintree.exceptions.invalid_signature_error import InvalidSignatureError

from paypact import Notification, Reply, SimulatedGateway
from paypact.gateways.braintree.orders.integration import BraintreeOrders
from paypact.world.http import NotSimulatedError
from paypact.world.notifications import GENUINE, Outbox, Seal
from paypact.world.world import World


@pytest.fixture
def outbox(world: World) -> Outbox:
    return world.listen()


@pytest.fixture
def parsed(sdk: Any, outbox: Outbox) -> Callable[..., Any]:
    """A webhook as the SDK reads it."""

    def parse(event: Any, seal: Seal = GENUINE) -> Any:
        sent = parse_qs(outbox.sealed(event, seal).body.decode())
        return sdk.webhook_notification.parse(sent.get("bt_signature", [""])[0], sent["bt_payload"][0])

    return parse


def test_nothing_is_told_of_what_was_answered(sdk: Any, sale: Any, outbox: Outbox) -> None:
    """Holds, captures, voids and declines are known from their replies."""
    held = sale(submit=False).transaction
    sdk.transaction.submit_for_settlement(held.id)
    sdk.transaction.void(held.id)

    assert outbox.happened == []


def test_settled(sale: Any, outbox: Outbox, parsed: Any, days: Callable[[float], None]) -> None:
    """What was settled is disbursed."""
    made = sale(order_id="o-1").transaction
    days(2)
    (event,) = outbox.happened
    told = parsed(event)

    assert (told.kind, told.transaction.id, told.transaction.status) == ("transaction_disbursed", made.id, "settled")


def test_refund_that_failed_late(
    sdk: Any, sale: Any, outbox: Outbox, parsed: Any, days: Callable[[float], None], world: World
) -> None:
    """A day later its bank sends the money back."""
    made = sale().transaction
    days(2)
    world.acquirer.fates("refund", "fails-late")
    refund = sdk.transaction.refund(made.id).transaction
    days(2)
    told = parsed(outbox.happened[-1])

    assert (told.kind, told.transaction.id, told.transaction.status) == (
        "refund_failed",
        refund.id,
        "processor_declined",
    )
    assert told.transaction.refunded_transaction_id == made.id


def test_dispute(sale: Any, outbox: Outbox, parsed: Any, world: World) -> None:
    """A cardholder takes the money back."""
    made = sale(order_id="o-1").transaction
    world.ledger.request("chargeback", world.ledger.purchases[-1].authorizations[-1])
    told = parsed(outbox.happened[-1])

    assert (told.kind, told.dispute.transaction.id, told.dispute.transaction.order_id) == (
        *("dispute_opened", made.id, "o-1"),
    )


def test_strangers_and_lies_are_well_formed(sale: Any, outbox: Outbox, parsed: Any, world: World) -> None:
    """The SDK reads every one of them, those of kinds that it does not know as well."""
    sale(submit=False)
    sale()
    told = [parsed(event).kind for event in world.simulator.strangers(None)]
    lies = [parsed(event).kind for each in world.ledger.purchases for event in world.simulator.forgeries(each, None)]

    assert told[0] == "check"
    assert len(told) == len(set(told))
    assert lies == ["transaction_disbursed", "dispute_opened"]


@pytest.mark.parametrize(
    ("seal", "said"),
    [
        (Seal(unsigned=True), "no matching public key"),
        (Seal(secret="5e" * 16), "signature does not match payload - one has been modified"),
        (Seal(altered=True), "signature does not match payload - one has been modified"),
    ],
    ids=["unsigned", "another key", "altered"],
)
def test_forged(outbox: Outbox, parsed: Any, world: World, seal: Seal, said: str) -> None:
    """The SDK refuses each forgery."""
    event = next(iter(world.simulator.strangers(None)))
    with pytest.raises(InvalidSignatureError, match=said):
        parsed(event, seal)


@pytest.mark.parametrize("seal", [Seal(also="5e" * 16), Seal(also="5e" * 16, also_first=True)], ids=["second", "first"])
def test_signed_by_two_users(outbox: Outbox, parsed: Any, world: World, seal: Seal) -> None:
    """The SDK finds the signature of its own public key among others."""
    assert parsed(next(iter(world.simulator.strangers(None))), seal).kind == "check"


def test_a_signature_has_no_time(outbox: Outbox, world: World) -> None:
    """An old one cannot be told from a new one, which no promise asks for."""
    with pytest.raises(NotSimulatedError):
        outbox.sealed(next(iter(world.simulator.strangers(None))), Seal(age=86_400.0))


@pytest.mark.parametrize(
    ("challenge", "status"),
    [("20f9f8ed05f77439fe955c977e4c8a53", 200), ("no challenge", 400)],
    ids=["asked", "nonsense"],
)
def test_whose_address_it_is(attached: SimulatedGateway, sdk: Any, challenge: str, status: int) -> None:
    """Before it sends anything Braintree asks by GET, and the shop answers with what only it can compute."""
    url = f"https://shop.example/webhooks/payments?bt_challenge={challenge.replace(' ', '+')}"
    reply = BraintreeOrders(attached).receive(Notification("GET", url, {}, b"", "192.0.2.1"))

    assert reply == Reply(status, sdk.webhook_notification.verify(challenge) if status == 200 else "")
