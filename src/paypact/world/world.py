"""World: everything outside the integration in one example, wired together."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from paypact.errors import PaypactError
from paypact.payments import Payment
from paypact.world.acquirer import Acquirer
from paypact.world.clock import Clock
from paypact.world.http import Failure, NotSimulatedError, Refusal, Request, Response
from paypact.world.issuer import Issuer
from paypact.world.ledger import Ledger, Obstacle
from paypact.world.network import EDGES, FAILURES, RETRY_AFTER, Fault, Network
from paypact.world.notifications import Outbox
from paypact.world.recording import Exchange, Locate, Recording
from paypact.world.shopper import Shopper

if TYPE_CHECKING:
    from paypact.gateways import Gateway

_ID = re.compile(r"(?<=/)(?=[^/\s]*\d)[\w-]{8,}")  # in a path: many objects of an endpoint are one thing not simulated
_OPERATING: ContextVar[tuple[str, Payment | None] | None] = ContextVar("operating", default=None)


class World:
    """One example's world. Hosts call `carry`; suites script `issuer`, arm `network` and read `ledger` and `recording`.

    `defect` holds an exception that paypact's own simulator raised: the run then ends with exit code 2, whatever the
    SDK made of it.
    """

    def __init__(self, gateway: Gateway, *, now: float | None = None, locate: Locate | None = None) -> None:
        self.gateway = gateway
        self.clock = Clock() if now is None else Clock(now)
        self.issuer = Issuer(gateway.facts.ledger.answers)
        self.ledger = Ledger(gateway.facts.ledger, self.clock)
        self.acquirer = Acquirer(gateway.facts.ledger)
        self.ledger.decide = self.acquirer.decide
        self.network = Network()
        self.recording = Recording(locate)
        self.shopper = Shopper(self)
        self.simulator = gateway.simulator(self)
        self.defect: Exception | None = None
        self.pause: Callable[[], None] | None = None  # where the turn may pass between threads: around each exchange
        self.interlude: Callable[[], Awaitable[None]] | None = None  # the same between tasks of an event loop
        self.stop: PaypactError | None = None  # why the run must not go on: a live-looking key was sent
        self.vary: Callable[[Exchange, Response], Response] | None = (
            None  # a legal change to a reply, while it is typed
        )
        self.neighbour: World | None = None  # another shop at the same account, whose objects can be read here too
        self._doing: list[tuple[str, Payment | None]] = []
        self._commit = self.clock.lock  # one request at a time reaches the ledger, and no timer fires meanwhile
        self.clock.on_defect = self._ours

    def carry(self, request: Request, client: Mapping[str, Any] | None = None) -> Response | Failure:
        """One exchange: faults before, the simulator, faults after. What the client gets of it."""
        reply = self.exchange(request, client).reply
        assert reply is not None
        return reply

    def exchange(self, request: Request, client: Mapping[str, Any] | None = None) -> Exchange:
        """As `carry`, and the exchange as it was recorded: `reply` is what the client gets, `raw` its body.

        Called by every host; `client` is what the host saw of the client's own settings.
        """
        if self.pause is not None:
            self.pause()
        operation, payment = _OPERATING.get() or (self._doing[-1] if self._doing else ("", None))
        attempt = payment.attempt if payment else None
        exchange = self.recording.begin(request, operation, attempt, self.clock.time())
        if client is not None:
            exchange.client = client
        if operation:
            fault = self.network.begin(lambda fault: self._apt(fault, request))
            if fault is not None:
                exchange.reply = self._suffer(exchange, fault)
                return exchange
        with self._commit:
            self._handle(exchange)
        exchange.reply = exchange.response
        if self.pause is not None:
            self.pause()
        if operation:
            fault = self.network.end(exchange.events, lambda fault: self._apt(fault, request))
            if fault is not None:
                exchange.reply = self._suffer(exchange, fault)
        return exchange

    def listen(self, version: str | None = None) -> Outbox:
        """Start drawing webhooks, in an API version of the shop's endpoint; what happened before is not told."""
        outbox = Outbox(self.simulator, version)
        self.ledger.listeners.append(outbox.hear)
        return outbox

    @contextmanager
    def operating(self, operation: str, payment: Payment | None = None) -> Iterator[None]:
        """Exchanges within belong to this operation (and may be faulted), those of threads it hands work to as well."""
        doing = (operation, payment)
        token = _OPERATING.set(doing)
        self._doing.append(doing)
        try:
            yield
        finally:
            self._doing.remove(doing)
            _OPERATING.reset(token)

    @contextmanager
    def outside(self, payment: Payment | None = None) -> Iterator[None]:
        """What the shopper or time does within belongs to no operation and is never faulted."""
        token = _OPERATING.set(("", payment))
        self.ledger.attempt = payment.attempt if payment else None
        try:
            yield
        finally:
            self.ledger.attempt = None
            _OPERATING.reset(token)

    def _handle(self, exchange: Exchange) -> None:
        start = len(self.ledger.journal)
        before, self.ledger.attempt = self.ledger.attempt, exchange.attempt or self.ledger.attempt
        self.ledger.exchange = exchange
        try:
            response = self._answer(exchange.request)
            if self.vary is not None:
                response = self.vary(exchange, response)
            exchange.raw = self.simulator.render(response)
        except NotSimulatedError as missing:
            exchange.kind, exchange.note = "not simulated", _ID.sub("{}", str(missing))
            response = Response(501, b"", {"content-type": "text/plain"})
            exchange.raw = f"paypact: not simulated: {missing}".encode()
        except Exception as defect:  # noqa: BLE001 - whatever a simulator raises is ours
            response = self._failed(exchange, defect)
        finally:
            self.ledger.exchange = None
            self.ledger.attempt = before
        if response.refused:
            exchange.kind, exchange.note = "refused", response.refused
        exchange.unmodelled = response.unmodelled
        exchange.response = response
        exchange.booked = self.ledger.journal[start:]

    def _answer(self, request: Request) -> Response:
        """What the gateway answers; where this shop has no such object, what it answers the neighbour."""
        try:
            response = self.answer(request)
        except NotSimulatedError:
            theirs = self._neighbours(request)
            if theirs is None:
                raise
            return theirs
        return (response.status == HTTPStatus.NOT_FOUND and self._neighbours(request)) or response

    def _neighbours(self, request: Request) -> Response | None:
        if self.neighbour is None or request.method != "GET":
            return None
        theirs = self.neighbour.answer(request)
        return theirs if theirs.status == HTTPStatus.OK else None

    def _apt(self, fault: Fault, request: Request) -> bool:
        """Whether a fault can befall this request: what is told of repetitions is told of those with a key alone."""
        fact = self.gateway.facts.errors.get(fault.kind.partition(":")[2])
        return fact is None or not fact.repetition or self.simulator.keyed(request)

    def answer(self, request: Request) -> Response:
        """What the gateway itself says to a request, refusals included."""
        try:
            return self.simulator.handle(request)
        except Refusal as refusal:
            return refusal.response
        except Obstacle as obstacle:
            return self.simulator.refusal(obstacle.rule)

    def _failed(self, exchange: Exchange, defect: Exception) -> Response:
        self._ours(defect)
        exchange.raw = b"paypact: the simulator itself failed"
        return Response(500, b"", {"content-type": "text/plain"})

    def _ours(self, defect: Exception) -> None:
        if self.defect is None:
            self.defect = defect

    def _suffer(self, exchange: Exchange, fault: Fault) -> Response | Failure:
        """What reaches the client instead of the reply."""
        exchange.fault = fault
        if fault.kind in FAILURES:
            exchange.failure = Failure(fault.kind, exchange.response)
            return exchange.failure
        edge = EDGES.get(fault.kind)
        if edge is not None:
            exchange.raw = edge.body
            return edge
        how, _, word = fault.kind.partition(":")
        try:
            response = self.simulator.error(word)
            if how == "wait":
                response.headers["retry-after"] = str(RETRY_AFTER)
            exchange.raw = self.simulator.render(response)
            if how == "stored":
                self.simulator.keep(exchange.request, response)
        except Exception as defect:  # noqa: BLE001 - whatever a simulator raises is ours
            return self._failed(exchange, defect)
        return response
