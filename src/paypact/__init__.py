"""paypact: contract tests for payment-gateway integrations."""

from __future__ import annotations

from paypact.cards.card import Card
from paypact.contract.stubs import stubs
from paypact.driver import Driver
from paypact.payments import (
    ActionRequired,
    Address,
    Approved,
    Authentication,
    Customer,
    Declined,
    Item,
    Money,
    Notification,
    Order,
    Outcome,
    Payment,
    Pending,
    Rejected,
    Reply,
    SimulatedGateway,
    Unknown,
)

__all__ = [
    "ActionRequired",
    "Address",
    "Approved",
    "Authentication",
    "Card",
    "Customer",
    "Declined",
    "Driver",
    "Item",
    "Money",
    "Notification",
    "Order",
    "Outcome",
    "Payment",
    "Pending",
    "Rejected",
    "Reply",
    "SimulatedGateway",
    "Unknown",
    "stubs",
]
