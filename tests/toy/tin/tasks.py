"""Tin's reference for a shop of coroutines that keeps orders by webhook, and the flaws such shops have."""

from __future__ import annotations

import asyncio
import json

import httpx

from paypact import Notification, Outcome, Payment, SimulatedGateway, Unknown
from tin.integration import TIMEOUT
from tin.orders import TinOrders


class TinTasks(TinOrders):
    """Pays and hears in tasks of one event loop."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.url, self.key = gateway.url, gateway.credentials["key"]

    async def sale(self, payment: Payment) -> Outcome:  # type: ignore[override]  # a driver may await
        return await self.charge(payment, capture=True)

    async def authorize(self, payment: Payment) -> Outcome:  # type: ignore[override]  # a driver may await
        return await self.charge(payment, capture=False)

    async def receive(self, notification: Notification) -> int:  # type: ignore[override]  # a driver may await
        return super().receive(notification)

    async def charge(self, payment: Payment, *, capture: bool) -> Outcome:
        body = {
            "token": payment.token, "amount": payment.amount.minor, "currency": payment.amount.currency,
            "reference": payment.reference, "key": payment.attempt, "capture": capture,
        }  # fmt: skip
        try:
            async with httpx.AsyncClient(base_url=self.url, timeout=TIMEOUT) as http:
                reply = await http.post("/charges", json=body, headers={"Authorization": self.key})
        except httpx.HTTPError:
            return Unknown()
        return self.told(reply.json() if reply.status_code in (200, 422) else None)


class HoldsALock(TinTasks):
    """Nothing is heard of while the gateway is spoken with."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.lock = asyncio.Lock()

    async def charge(self, payment: Payment, *, capture: bool) -> Outcome:
        async with self.lock:
            return await super().charge(payment, capture=capture)

    async def receive(self, notification: Notification) -> int:  # type: ignore[override]  # a driver may await
        async with self.lock:
            return await super().receive(notification)


class KnowsItsCharges(TinTasks):
    """Looks up what a webhook is about among the charges of which it has had the reply."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.made: dict[str, str] = {}

    async def charge(self, payment: Payment, *, capture: bool) -> Outcome:
        outcome = await super().charge(payment, capture=capture)
        self.made[payment.reference] = payment.attempt
        return outcome

    async def receive(self, notification: Notification) -> int:  # type: ignore[override]  # a driver may await
        event = json.loads(notification.body)
        if "charge" in event:
            assert self.made[event["charge"]["reference"]]
        return await super().receive(notification)


class WaitsForEver(KnowsItsCharges):
    """Waits for a charge that it does not know, and nobody wakes it."""

    async def receive(self, notification: Notification) -> int:  # type: ignore[override]  # a driver may await
        event = json.loads(notification.body)
        if "charge" in event and event["charge"]["reference"] not in self.made:
            await asyncio.Event().wait()
        return await super().receive(notification)


class HearsInTasks(TinOrders):
    """Its handler is a coroutine, and what pays is not."""

    async def receive(self, notification: Notification) -> int:  # type: ignore[override]  # a driver may await
        return super().receive(notification)
