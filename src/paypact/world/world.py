"""World: everything outside the integration in one example, wired together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from paypact.payments import Payment
from paypact.world.clock import Clock
from paypact.world.http import Failure, NotSimulatedError, Request, Response
from paypact.world.issuer import Issuer
from paypact.world.ledger import Ledger
from paypact.world.network import FAILURES, Fault, Network
from paypact.world.recording import Exchange, Recording
from paypact.world.shopper import Shopper

if TYPE_CHECKING:
    from paypact.gateways import Gateway

_OPERATING: ContextVar[tuple[str, Payment | None] | None] = ContextVar("operating", default=None)


class World:
    """One example's world. Hosts call `carry`; suites script `issuer`, arm `network` and read `ledger` and `recording`.

    `defect` holds an exception that paypact's own simulator raised: the run then ends with exit code 2, whatever the
    SDK made of it.
    """

    def __init__(self, gateway: Gateway, *, now: float | None = None, locate: Callable[[], str | None] | None = None) -> None:
        self.gateway = gateway
        self.clock = Clock() if now is None else Clock(now)
        self.issuer = Issuer(gateway.facts.ledger.answers)
        self.ledger = Ledger(gateway.facts.ledger, self.clock)
        self.network = Network()
        self.recording = Recording(locate)
        self.shopper = Shopper(self)
        self.simulator = gateway.simulator(self)
        self.defect: Exception | None = None
        self._commit = threading.RLock()  # one request at a time reaches the ledger, whatever the driver's threads do

    def carry(self, request: Request) -> Response | Failure:
        """One exchange: faults before, the simulator, faults after. Called by every host; `raw` is on the exchange."""
        operating = _OPERATING.get()
        operation, payment = operating if operating else (None, None)
        attempt = payment.attempt if payment else None
        exchange = self.recording.begin(request, operation, attempt, self.clock.time())
        if operation is not None:
            fault = self.network.begin()
            if fault is not None:
                return self._suffer(exchange, fault)
        with self._commit:
            self._handle(exchange)
        if operation is not None:
            fault = self.network.end(exchange.events)
            if fault is not None:
                return self._suffer(exchange, fault)
        assert exchange.response is not None
        return exchange.response

    @contextmanager
    def operating(self, operation: str, payment: Payment | None = None) -> Iterator[None]:
        """Exchanges within belong to this operation (and may be faulted)."""
        token = _OPERATING.set((operation, payment))
        try:
            yield
        finally:
            _OPERATING.reset(token)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """What the shopper or time does within belongs to no operation and is never faulted."""
        token = _OPERATING.set(None)
        try:
            yield
        finally:
            _OPERATING.reset(token)

    def _handle(self, exchange: Exchange) -> None:
        start = len(self.ledger.journal)
        self.ledger.exchange = exchange
        try:
            response = self.simulator.handle(exchange.request)
            exchange.raw = self.simulator.render(response)
        except NotSimulatedError as missing:
            exchange.kind, exchange.note = "not simulated", str(missing)
            response = Response(501, b"", {"content-type": "text/plain"})
            exchange.raw = f"paypact: not simulated: {missing}".encode()
        except Exception as defect:
            if self.defect is None:
                self.defect = defect
            response = Response(500, b"", {"content-type": "text/plain"})
            exchange.raw = b"paypact: the simulator itself failed"
        finally:
            self.ledger.exchange = None
        if response.refused:
            exchange.kind, exchange.note = "refused", response.refused
        exchange.unmodelled = response.unmodelled
        exchange.response = response
        exchange.booked = self.ledger.journal[start:]

    def _suffer(self, exchange: Exchange, fault: Fault) -> Response | Failure:
        exchange.fault = fault
        if fault.kind in FAILURES:
            exchange.failure = Failure(fault.kind, exchange.response)
            return exchange.failure
        response = self.simulator.error(fault.kind.removeprefix("error:"))
        exchange.raw = self.simulator.render(response)
        if exchange.response is None:
            exchange.response = response
        return response
