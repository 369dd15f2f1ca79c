"""The shape of every gateway's folder, the toy's too: facts sourced, states and declines reached, webhooks, budgets."""

from __future__ import annotations

import ast
import importlib
import sys
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from stdnum import luhn

from paypact import Address, Card, Customer, Item, Money, Payment, gateways
from paypact.world import clock
from paypact.world.books import Movement
from paypact.world.issuer import Answer, approve, challenge, decline, defer, hold
from paypact.world.simulator import Simulator
from paypact.world.world import World

TOY = Path(__file__).parents[1] / "toy"
BUNDLED = tuple(sorted(folder.parent.name for folder in Path(gateways.__file__).parent.glob("*/facts.toml")))
ALL = (*BUNDLED, "tin")
MEANS: dict[str, Answer] = {"approve": approve(), "decline": decline("refused_unspecified"), "challenge": challenge()}
MEANS |= {"defer": defer(), "hold": hold()}
STATES = {"approve": "authorized", "decline": "declined", "challenge": "challenged", "defer": "pending", "hold": "held"}
LINES = 600  # of code: simulator, wire and webhooks; docstrings, comments and blank lines are not counted
WIDER = {"stripe": 3_520, "adyen": 1_250, "braintree": 1_450}  # what a folder has come to, so that it grows no further
TOY_LINES = 120  # how little a whole gateway needs
REFERENCE = 250


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The toy gateway is found by its entry point, as an installed one is."""
    monkeypatch.syspath_prepend(str(TOY))
    gateways.forget()
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "tin"]:
        del sys.modules[name]
    gateways.forget()


def folder(name: str) -> Path:
    return Path(str(files(gateways.load(name).package)))


def sourceless(table: dict[str, Any], place: str = "") -> Iterator[str]:
    """Tables of facts.toml without a source, of their own or above them."""
    for key, value in table.items():
        for number, each in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(each, dict) and "source" not in each:
                rows = [inner for inner in each.values() if isinstance(inner, dict)]
                if rows and len(rows) == len(each):
                    yield from sourceless(each, f"{place}{key}.")
                else:
                    yield f"{place}{key}" + (f"[{number}]" if isinstance(value, list) else "")


def code_lines(file: Path) -> int:
    """Lines that hold code."""
    text = file.read_text("utf-8")
    tree = ast.parse(text)
    said = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            said |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = enumerate(text.splitlines(), 1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") and number not in said for number, line in lines)


def world_of(name: str) -> World:
    return World(gateways.load(name))


def paid(world: World, operation: str, *answers: Answer, serial: int = 1) -> Payment:
    """A payment by a new card, made at another till of the merchant."""
    digits = f"411111111111{serial:03}"
    number = digits + luhn.calc_check_digit(digits)
    card = Card(number, 12, 2034, "123", "Test Cardholder", "visa", ("visa",))
    world.issuer.answers(card, *answers)
    facts = world.gateway.facts
    money = Money(20_000, facts.currencies.accepted[0])
    address = Address("1 Main Street", None, "Portland", "OR", "97201", "US")
    payment = Payment(
        reference=f"order-{serial}", attempt=f"order-{serial}-1", amount=money, card=card,
        token=world.simulator.tokenize(card),
        customer=Customer("Test Cardholder", "a@example.com", None, address, "en-US", "203.0.113.7"),
        items=(Item("Umbrella", 1, money),), description="Umbrella", return_url="https://shop.example/back",
        browser=world.simulator.browser(card),
    )  # fmt: skip
    with world.outside(payment):
        made = world.simulator.elsewhere(payment, operation)
    assert world.defect is None, world.defect
    assert made
    assert world.ledger.purchases
    return payment


@pytest.mark.parametrize("name", ALL)
def test_every_fact_has_its_source(name: str) -> None:
    """Each table of the facts says where it comes from, those that only the folder itself reads too."""
    tables = tomllib.loads((folder(name) / "facts.toml").read_text("utf-8"))
    nested = {key: value for key, value in tables.items() if key != "limits"}

    assert [place for place in sourceless(nested) if not place.startswith("currencies.")] == []
    assert "source" in tables.get("limits", {"source": ""})


@pytest.mark.parametrize("name", ALL)
def test_every_decline_is_reachable(name: str) -> None:
    """A bank that gives a reason of the facts is heard: the ledger holds it, and the gateway has words for it."""
    facts = gateways.load(name).facts
    for serial, word in enumerate(facts.declines, 1):
        world = world_of(name)
        with clock.running(world.clock):
            paid(world, "sale", decline(word), serial=serial)
            (held,) = world.ledger.purchases[-1].authorizations
        assert (held.state, held.reason) == ("declined", word)
        assert facts.declines[word].wire


@pytest.mark.parametrize("name", ALL)
def test_every_state_is_reachable(name: str) -> None:
    """Each answer of the repertoire leads to its state; what was captured settles where the terms say so."""
    terms = gateways.load(name).facts.ledger
    for serial, word in enumerate([word for word in terms.answers if word in MEANS], 1):
        world = world_of(name)
        with clock.running(world.clock):
            paid(world, "authorize", MEANS[word], serial=serial)
            held = world.ledger.purchases[-1].authorizations[-1]
            before = word == "challenge" and terms.challenges == "beforehand"  # passed, before there was a token
            assert held.state == ("authorized" if before else STATES[word])
            if word == "approve" and terms.expires:
                world.clock.advance(terms.expires + 1)
                assert held.state == "expired"
    world = world_of(name)
    with clock.running(world.clock):
        payment = paid(world, "sale", approve())
        world.clock.advance(terms.delay + terms.cutoff + terms.settling + 1)
        (capture,) = world.ledger.purchases[-1].authorizations[-1].movements
        assert capture.state == ("settled" if terms.cutoff or terms.settling else "booked")
        with world.outside(payment):
            assert world.simulator.elsewhere(payment, "refund")
        assert [m.kind for m in world.ledger.purchases[-1].authorizations[-1].movements][-1] == "refund"


@pytest.mark.parametrize("name", ALL)
def test_events_are_sent_and_signed(name: str) -> None:
    """A gateway with webhooks tells of a payment's life; each event has a name of its own and reaches the shop."""
    world = world_of(name)
    if not world.simulator.webhooks:
        pytest.skip(f"{name} has no webhooks")
    with clock.running(world.clock):
        outbox, terms = world.listen(), world.ledger.terms
        payment = paid(world, "sale", approve())
        world.clock.advance(terms.delay + terms.cutoff + terms.settling + 1)
        with world.outside(payment):
            world.simulator.elsewhere(payment, "refund")
        world.clock.advance(terms.delay + 1)
        if "chargeback" in terms.failures:
            paid(world, "sale", approve(), serial=2)
            world.clock.advance(terms.delay + terms.cutoff + terms.settling + 1)
            world.ledger.request("chargeback", world.ledger.purchases[-1].authorizations[-1])
        sent = [outbox.sealed(event) for event in outbox.happened]
    assert world.defect is None, world.defect
    assert sent
    assert len({event.id for event in outbox.happened}) == len(outbox.happened)
    assert all(notification.body and notification.method == "POST" for notification in sent)
    moved = {entry.subject.kind for entry in world.ledger.journal if isinstance(entry.subject, Movement)}
    assert {"capture", "refund"} <= moved


@pytest.mark.parametrize("name", ALL)
def test_budgets(name: str) -> None:
    """Code is counted, data is not: a gateway is a mapping that can be read in one sitting."""
    place = folder(name)
    own = [file for each in ("simulator", "wire") for file in [place / f"{each}.py", *(place / each).rglob("*.py")]]
    own = [file for file in (*own, place / "webhooks.py") if file.is_file()]

    assert sum(map(code_lines, own)) <= (TOY_LINES if name == "tin" else WIDER.get(name, LINES))
    assert code_lines(place / "integration.py") <= REFERENCE


@pytest.mark.parametrize("name", ALL)
def test_the_folder_says_what_it_is(name: str) -> None:
    """The package has a docstring, a simulator, and a reference integration."""
    package = importlib.import_module(gateways.load(name).package)

    assert package.__doc__
    assert (folder(name) / "integration.py").is_file()
    assert issubclass(gateways.load(name).simulator, Simulator)
