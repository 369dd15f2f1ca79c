"""What holds for the folder of every gateway: its facts agree with the catalogue and with each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise

import pytest

from paypact.cards.catalogue import luhn_valid, schemes
from paypact.cards.reasons import reasons
from paypact.currencies import exponent
from paypact.gateways import load, names
from paypact.gateways.facts import Facts
from paypact.world import answers
from paypact.world.ledger_tables import AUTHORIZATION
from paypact.world.world import World

OWN = [name for name in names() if load(name).package == f"paypact.gateways.{name}"]


@pytest.fixture(params=OWN)
def facts(request: pytest.FixtureRequest) -> Facts:
    """The facts of one gateway."""
    return load(request.param).facts


def test_every_scheme_is_told(facts: Facts) -> None:
    """Each scheme of the catalogue has its word, and no other stands there."""
    assert set(facts.schemes) == set(schemes())


def test_every_reason_has_words(facts: Facts) -> None:
    """Every neutral word for a decline has the vendor's."""
    assert set(facts.declines) == set(reasons())


def test_refused_schemes_name_a_reason(facts: Facts) -> None:
    """Where a scheme is not taken, the facts say by which word."""
    assert {fact.code for fact in facts.schemes.values()} - {None} <= set(facts.declines)
    assert [name for name, fact in facts.schemes.items() if fact.standing == "refused" and fact.code is None] == []


def test_published_numbers(facts: Facts) -> None:
    """Published numbers carry their check digit, and name a scheme that is known."""
    wrong = [test.number for test in facts.test_cards if test.number and not luhn_valid(test.number)]
    assert (wrong, {test.scheme for test in facts.test_cards} - set(schemes())) == ([], set())


def test_named_tokens_differ(facts: Facts) -> None:
    """No named token stands in two rows."""
    tokens = sorted(test.token for test in facts.test_cards if test.token)
    assert [one for one, next_ in pairwise(tokens) if one == next_] == []


def test_published_answers_are_possible(facts: Facts) -> None:
    """What a test card is said to be answered, an issuer of this gateway can say."""
    said = {text.partition(":")[0].partition(">")[0] for test in facts.test_cards for text in test.answers}
    assert all(answers.parse(text) for test in facts.test_cards for text in test.answers)
    assert said <= set(facts.ledger.answers)


def test_currencies(facts: Facts) -> None:
    """What is said of a currency is said of one that is charged; exponents stand there only where ISO's differ."""
    said = facts.currencies
    assert len(said.accepted) == len(set(said.accepted))
    assert {*said.exponents, *said.multiples, *said.minimums, *said.unconfirmed} <= set(said.accepted)
    assert [one for one, digits in said.exponents.items() if digits == exponent(one)] == []


def test_the_repertoire_is_known(facts: Facts) -> None:
    """Every answer is an event of the ledger, or a partial approval."""
    events = {event for row in AUTHORIZATION.values() for event in row}
    assert set(facts.ledger.answers) - events <= {"partial"}


def test_errors_are_told(facts: Facts) -> None:
    """There is at least one error of credentials and one of the gateway's own, each with its status."""
    statuses = {fact.status for fact in facts.errors.values()}
    assert 401 in statuses
    assert any(status >= 500 for status in statuses)


@pytest.mark.parametrize("name", OWN)
def test_credentials(name: str) -> None:
    """Credentials are the same for a whole run, and look like nobody's live ones."""
    gateway = load(name)
    patterns = [re.compile(pattern) for pattern in gateway.facts.gateway.live]
    assert all(gateway.facts.gateway.live_sign in pattern for pattern in gateway.facts.gateway.live)
    made = gateway.simulator.credentials()
    assert made == gateway.simulator.credentials()
    assert not any(pattern.search(value) for pattern in patterns for value in made.values())


@pytest.mark.parametrize("name", OWN)
def test_every_error_is_rendered(name: str) -> None:
    """Each word of the errors becomes a reply with its status."""
    world = World(load(name))
    for word, fact in world.gateway.facts.errors.items():
        response = world.simulator.error(word)
        assert isinstance(world.simulator.render(response), bytes)
        assert response.status == fact.status, word


@pytest.mark.parametrize("name", OWN)
def test_every_folder_has_its_parts(name: str) -> None:
    """Facts, wire classes, webhooks, and a reference integration, which is all of its code that imports the SDK."""
    folder = files(load(name).package)
    assert list(_missing(folder, ("facts.toml", "integration.py"), ("simulator", "wire", "webhooks"))) == []


def _missing(folder: object, parts: tuple[str, ...], modules: tuple[str, ...]) -> Iterator[str]:
    there = {each.name for each in folder.iterdir()}  # type: ignore[attr-defined]  # a folder of a package
    yield from (part for part in parts if part not in there)
    yield from (module for module in modules if not {module, f"{module}.py"} & there)
