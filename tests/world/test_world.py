"""The world carries exchanges: faults before and after the commit, what is ours and what is the gateway's."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from paypact.cards import build
from paypact.gateways import Gateway
from paypact.gateways.facts import About, CurrencyFacts, ErrorFact, Facts, RefusalFact
from paypact.payments import Address, Customer, Money, Payment
from paypact.world.http import Failure, NotSimulatedError, Refusal, Request, Response
from paypact.world.issuer import approve
from paypact.world.ledger_tables import Terms
from paypact.world.network import Fault
from paypact.world.recording import Exchange
from paypact.world.simulator import Simulator
from paypact.world.world import World

CARD = build("visa")
SHOPPER = Customer(
    "Test Cardholder", "t@example.com", None, Address("1 Road", None, "Town", None, None, "US"), "en", ""
)
URL = "https://api.till.example"


class Till(Simulator):
    """A charge, and every way in which a simulator can answer."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.kept: list[tuple[str, int]] = []

    @classmethod
    def credentials(cls) -> Mapping[str, str]:
        return {}

    def handle(self, request: Request) -> Response:
        match request.path:
            case "/charges":
                sale = self.ledger.present(self.ledger.open(Money(1090, "EUR")), CARD, automatic=True)
                self.ledger.apply(sale, approve())
            case "/refused":
                return Response(422, b"no", refused="amount_too_small")
            case "/generous":
                return Response(200, b"yes", unmodelled=("metadata", "expand"))
            case "/raised":
                raise Refusal(Response(404, b"none", refused="charge_unknown"))
            case "/obstacle":
                held = self.ledger.present(self.ledger.open(Money(1090, "EUR")), CARD, automatic=False)
                self.ledger.request("refund", held)
            case "/disputes":
                raise NotSimulatedError("Till POST /disputes")
            case "/half":
                self.ledger.open(Money(1, "EUR"))
                raise NotSimulatedError("Till POST /half")
            case "/broken":
                raise KeyError("brand")
            case "/unrenderable":
                self.ledger.open(Money(1, "EUR"))
                return Response(200, None)
        return Response(200, b"paid", {"content-type": "text/plain"})

    def render(self, response: Response) -> bytes:
        return super().render(response) if isinstance(response.body, dict) else bytes(memoryview(response.body))

    def error(self, word: str) -> Response:
        return {"busy": Response(503, b"busy"), "again": Response(409, b"again")}[word]

    def keep(self, request: Request, response: Response) -> None:
        self.kept.append((request.path, response.status))


TILL = Gateway(
    "till",
    "till",
    Facts(
        gateway=About(source="made up", title="Till", url=URL, hosts=("api.till.example",), docs=""),
        ledger=Terms(source="made up"),
        schemes={},
        declines={},
        errors={"again": ErrorFact(source="made up", status=409, repetition=True)},
        refusals={"*": RefusalFact(source="made up", status=422, wire={"error": "{rule}"})},
        currencies=CurrencyFacts(source="made up", accepted=("EUR",)),
    ),
    Till,
)
Till.facts = TILL.facts  # as loading a gateway's folder does
UNCAPTURED = b'{"error":"refund_uncaptured"}'


def payment(attempt: str = "order-1-1") -> Payment:
    """One press of Pay."""
    return Payment("order-1", attempt, Money(1090, "EUR"), CARD, "", SHOPPER, (), "", "https://shop.example/")


def send(world: World, path: str = "/charges") -> Exchange:
    """One exchange with the gateway."""
    return world.exchange(Request("POST", URL + path, {}))


BOOKED = ["open", "present", "approve", "request", "book", "complete"]

FAULTS: dict[str, tuple[Fault | None, int | str, bytes, list[str]]] = {
    # Fault, what the client gets (a status, or how the reply was lost), its body, what was booked.
    "none": (None, 200, b"paid", BOOKED),
    "refused connection": (Fault("connect-refused", "before", exchange=1), "connect-refused", b"", []),
    "timeout before": (Fault("read-timeout", "before", exchange=1), "read-timeout", b"", []),
    "timeout after": (Fault("read-timeout", "after", exchange=1), "read-timeout", b"paid", BOOKED),
    "timeout of what takes the money": (Fault("read-timeout", booking="book"), "read-timeout", b"paid", BOOKED),
    "reset after": (Fault("reset", "after", exchange=1), "reset", b"paid", BOOKED),
    "body cut": (Fault("cut-body", "after", exchange=1), "cut-body", b"paid", BOOKED),
    "error before": (Fault("error:busy", "before", exchange=1), 503, b"busy", []),
    "error after": (Fault("error:busy", "after", exchange=1), 503, b"busy", BOOKED),
    "empty body after": (Fault("empty-body", "after", exchange=1), 200, b"", BOOKED),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_the_client_gets_and_what_has_happened(name: str) -> None:
    """Handling is the commit: a fault before it books nothing, a fault after it takes nothing back."""
    fault, heard, raw, booked = FAULTS[name]
    world = World(TILL)
    world.network.arm(*([fault] if fault else []))

    with world.operating("sale", payment()):
        exchange = send(world)

    reply = exchange.reply
    assert (reply.status if isinstance(reply, Response) else reply and reply.kind) == heard
    assert (exchange.raw, exchange.events, exchange.fault) == (raw, booked, fault)
    assert [entry.event for entry in world.ledger.journal] == booked
    assert world.defect is None


def test_a_lost_reply_is_remembered() -> None:
    """The exchange keeps what the gateway answered beside what the client got of it."""
    world = World(TILL)
    world.network.arm(Fault("read-timeout", exchange=1))

    with world.operating("sale", payment()):
        exchange = send(world)

    assert exchange.response is not None
    assert exchange.reply == exchange.failure == Failure("read-timeout", exchange.response)


def test_an_error_page_says_when_to_come_back_or_stays() -> None:
    """An error that asks to wait has its header; one that is stored is kept for the same request."""
    world = World(TILL)
    world.network.arm(Fault("wait:busy", "before", exchange=1), Fault("stored:busy", "before", exchange=2))

    with world.operating("sale", payment()):
        replies = [send(world).reply for _ in range(3)]

    assert [r.headers.get("retry-after") for r in replies if isinstance(r, Response)] == ["7", None, None]
    assert world.simulator.kept == [("/charges", 503)]  # type: ignore[attr-defined]  # a Till


def test_carry_is_what_the_client_gets() -> None:
    """Hosts that need no more than the reply ask for it alone."""
    world = World(TILL)

    reply = world.carry(Request("POST", URL + "/charges", {}), {"read_timeout": 10})

    assert isinstance(reply, Response)
    assert (reply.status, world.recording.exchanges[0].client) == (200, {"read_timeout": 10})


KINDS = {  # path: kind, note, status, unmodelled
    "/charges": ("simulated", "", 200, ()),
    "/refused": ("refused", "amount_too_small", 422, ()),
    "/generous": ("simulated", "", 200, ("metadata", "expand")),
    "/disputes": ("not simulated", "Till POST /disputes", 501, ()),
    "/half": ("not simulated", "Till POST /half", 501, ()),
}


@pytest.mark.parametrize("path", KINDS)
def test_each_exchange_is_of_one_kind(path: str) -> None:
    """Simulated, refused by a rule of the vendor, or not simulated: none of them is a defect."""
    world = World(TILL)

    exchange = send(world, path)

    assert exchange.response is not None
    assert (exchange.kind, exchange.note, exchange.response.status, exchange.unmodelled) == KINDS[path]
    assert world.defect is None


@pytest.mark.parametrize(
    ("path", "status", "body", "rule"),
    [
        ("/raised", 404, b"none", "charge_unknown"),
        ("/obstacle", 422, UNCAPTURED, "refund_uncaptured"),
    ],
    ids=["refusal", "obstacle"],
)
def test_a_no_may_be_raised_from_anywhere(path: str, status: int, body: bytes, rule: str) -> None:
    """A refusal is the reply; an obstacle of the ledger becomes the reply that the facts have for its rule."""
    world = World(TILL)
    exchange = send(world, path)

    assert isinstance(exchange.reply, Response)
    assert (exchange.reply.status, exchange.raw, exchange.kind, exchange.note) == (status, body, "refused", rule)
    assert world.defect is None


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_word_for_repetitions_needs_a_key(when: Any) -> None:
    """Without an idempotency key nobody is told that a request is under way: the fault waits for one that has it."""
    world = World(TILL)
    world.network.arm(Fault("error:again", when, exchange=1, times=2))
    with world.operating("sale"):
        first, second = (world.carry(Request("POST", f"{URL}/charges", key)) for key in ({}, {"idempotency-key": "k"}))

    assert isinstance(first, Response)
    assert isinstance(second, Response)
    assert (first.status, second.status) == (200, 409)


def test_what_is_not_simulated_says_so_on_the_wire() -> None:
    """Whoever reads the reply sees whose gap it is; what had been booked by then is known."""
    world = World(TILL)
    exchange = send(world, "/half")

    assert exchange.raw == b"paypact: not simulated: Till POST /half"
    assert exchange.events == ["open"]
    assert world.recording.not_simulated() == ["Till POST /half"]


@pytest.mark.parametrize(("path", "error"), [("/broken", KeyError), ("/unrenderable", TypeError)])
def test_an_exception_of_ours_is_kept(path: str, error: type[Exception]) -> None:
    """A simulator that raises, in handling or rendering, is a defect of ours, whatever the client makes of it."""
    world = World(TILL)

    exchange = send(world, path)
    send(world, "/broken")

    assert exchange.response is not None
    assert (exchange.response.status, exchange.raw) == (500, b"paypact: the simulator itself failed")
    assert type(world.defect) is error
    assert world.ledger.exchange is None


def test_an_error_nobody_knows_is_ours() -> None:
    """A fault that names no error of the gateway is a defect, never an exception in the client's hands."""
    world = World(TILL)
    world.network.arm(Fault("error:nonsense", exchange=1))

    with world.operating("sale", payment()):
        exchange = send(world)

    assert isinstance(exchange.reply, Response)
    assert (exchange.reply.status, exchange.raw) == (500, b"paypact: the simulator itself failed")
    assert repr(world.defect) == "KeyError('nonsense')"


def test_a_timer_that_raises_is_ours() -> None:
    """What falls over while the integration sleeps is no failure of the sleeper."""
    world = World(TILL)

    def fall_over() -> None:
        raise RuntimeError("settlement")

    world.clock.call_later(10, fall_over)
    world.clock.wait(20)

    assert repr(world.defect) == "RuntimeError('settlement')"


def test_exchanges_know_their_operation_and_attempt() -> None:
    """Within an operation each exchange belongs to it, outside to none; the shopper's own are never an operation's."""
    world = World(TILL)
    first, second = payment(), payment("order-1-2")

    send(world)
    with world.operating("sale", first):
        send(world)
        with world.outside(second):
            send(world)
        send(world)
    with world.outside():
        send(world)

    assert [(e.number, e.operation, e.attempt) for e in world.recording.exchanges] == [
        (1, "", None),
        (2, "sale", "order-1-1"),
        (3, "", "order-1-2"),
        (4, "sale", "order-1-1"),
        (5, "", None),
    ]


def test_a_thread_works_for_the_operation_that_runs() -> None:
    """An integration may hand its request to a thread of its own, which knows nothing of its caller."""
    world = World(TILL)
    with world.operating("capture", payment()):
        worker = threading.Thread(target=send, args=(world,))
        worker.start()
        worker.join()

    assert [(e.operation, e.attempt) for e in world.recording.exchanges] == [("capture", "order-1-1")]


def test_only_operations_are_faulted() -> None:
    """What the shopper or time does is neither faulted nor counted."""
    world = World(TILL)
    world.network.arm(Fault("reset", exchange=1))

    outside = [send(world)]
    with world.operating("sale", payment()):
        with world.outside(payment()):
            outside.append(send(world))
        inside = send(world)

    assert [each.fault for each in outside] == [None, None]
    assert inside.fault == Fault("reset", exchange=1)


def test_what_belongs_to_whom() -> None:
    """The ledger remembers within which press of Pay a purchase was made and a card presented, also by the shopper."""
    world = World(TILL)
    with world.operating("sale", payment("order-1-1")):
        send(world)
    with world.outside(payment("order-1-2")):
        world.ledger.present(world.ledger.open(Money(1, "EUR")), CARD, automatic=False)
    world.ledger.open(Money(1, "EUR"))

    made: list[Any] = [each for p in world.ledger.purchases for each in (p, *p.authorizations)]
    assert [each.attempt for each in made] == ["order-1-1", "order-1-1", "order-1-2", "order-1-2", None]


def test_each_exchange_has_what_it_booked() -> None:
    """Lines of the journal are an exchange's own; what time books between two exchanges is neither's."""
    world = World(TILL, now=1_000.0)
    first = send(world)
    sale = world.ledger.purchases[0].authorizations[0]
    world.clock.call_later(60, lambda: world.ledger.move(sale, "reopen"))
    world.clock.advance(60)
    second = send(world)

    assert (first.events, second.events) == (BOOKED, BOOKED)
    assert [entry.exchange for entry in world.ledger.journal] == [first] * 6 + [None] + [second] * 6
    assert (first.at, second.at) == (1_000.0, 1_060.0)
