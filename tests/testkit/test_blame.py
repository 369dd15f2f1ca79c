"""Blame: from the frames of a crash to the team's line, and to who must change something."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

import paypact
from paypact import SimulatedGateway
from paypact.hosts import BlockedHostError
from paypact.testkit import blame

SDK = """
import json
class TinError(Exception): pass
def parse(reply): return reply["brand"]["name"]
def refuse(reply): raise TinError("card_declined")
def decode(reply): return json.loads(reply)
class Charge(dict):
    def __getattr__(self, name): return self[name]
"""
PAY = """
import tinsdk
def charge(reply):
    return label(reply)
def label(reply):
    return {"VISA": "Visa"}[reply]
def through_sdk(reply):
    return tinsdk.parse(reply)
def refused_by_sdk(reply):
    return tinsdk.refuse(reply)
def read_from_sdk(reply):
    return tinsdk.Charge().latest_charge
def below_sdk(reply):
    return tinsdk.decode("")
def stored(reply):
    import sqlite3
    return sqlite3.connect(":memory:").execute("select * from orders")
def wrapped(reply):
    try:
        stored(reply)
    except Exception as error:
        raise RuntimeError("no order") from error
def reached(reply):
    raise reply
def asked(reply):
    try:
        raise reply
    except OSError as error:
        raise ConnectionError(error)
def handled(reply):
    try:
        stored(reply)
    except Exception:
        return {}["order"]
"""
DRIVER = """
import functools
import pay
from paypact import Driver
def counted(operation):
    @functools.wraps(operation)
    def call(*arguments): return operation(*arguments)
    return call
class Base(Driver):
    def note(self, reply): return reply.note
class Shop(Base):
    def sale(self, call, reply):
        return getattr(pay, call)(reply)
    @counted
    def void(self, call, reply):
        return getattr(pay, call)(reply)
    def refund(self, call, reply):
        return [each["id"] for each in [reply]]
    def lookup(self, call, reply):
        return self.note(reply)
    @classmethod
    def start(cls, gateway): raise KeyError("key")
    @staticmethod
    def helper(): return (lambda: None)()
    @property
    def name(self): return {}["name"]
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A shop's folder: a driver, its payment code, and the vendor's package among what is installed."""
    packages = tmp_path / "lib" / "site-packages" / "tinsdk"
    packages.mkdir(parents=True)
    (packages / "__init__.py").write_text(SDK, "utf-8")
    monkeypatch.syspath_prepend(packages.parent)
    modules = {}
    for name, text in (("pay", PAY), ("driver", DRIVER)):
        file = tmp_path / "shop" / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        modules[name] = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, modules[name])
        spec.loader.exec_module(modules[name])
    yield modules["driver"].Shop
    sys.modules.pop("tinsdk", None)


def crash(shop: Any, operation: str, call: str, reply: object) -> BaseException:
    """What leaves the driver."""
    driver = shop(SimulatedGateway("https://api.tin.example", {}))
    left: BaseException = AssertionError("it did not crash")
    try:
        getattr(driver, operation)(call, reply)
    except Exception as error:  # noqa: BLE001 - whatever leaves the driver
        left = error
    assert left.__traceback__ is not None
    return left.with_traceback(left.__traceback__.tb_next)  # without the line above


def refused() -> BlockedHostError:
    return BlockedHostError("db", "host db is blocked")


CRASHES: dict[str, tuple[str, str, object, str, str, str]] = {
    # Operation, the shop's function, its argument; function and source of the team's line, the cause.
    "in the shop's code": ("sale", "charge", "JCB", "label", 'return {"VISA": "Visa"}[reply]', "integration"),
    "below a decorated operation": ("void", "charge", "JCB", "label", 'return {"VISA": "Visa"}[reply]', "integration"),
    "in the driver": ("refund", "", 5, "<listcomp>", 'return [each["id"] for each in [reply]]', "driver"),
    "in a base of the driver": ("lookup", "", 5, "note", "def note(self, reply): return reply.note", "driver"),
    "in the vendor's package": (
        *("sale", "through_sdk", {"brand": None}, "through_sdk", "return tinsdk.parse(reply)", "sdk"),
    ),
    "raised by the vendor's package on purpose": (
        *("sale", "refused_by_sdk", {}, "refused_by_sdk", "return tinsdk.refuse(reply)", "integration"),
    ),
    "reading an object of the vendor's": (
        *("sale", "read_from_sdk", {}, "read_from_sdk", "return tinsdk.Charge().latest_charge", "integration"),
    ),
    "the database": (
        *("sale", "stored", {}, "stored", 'return sqlite3.connect(":memory:").execute("select * from orders")'),
        "environment",
    ),
    "the database, in other words": (
        *("sale", "wrapped", {}, "wrapped", 'raise RuntimeError("no order") from error', "environment"),
    ),
    "a bug after the database": ("sale", "handled", {}, "handled", 'return {}["order"]', "integration"),
    "a blocked host": ("sale", "reached", refused(), "reached", "raise reply", "environment"),
    "a blocked host, in other words": (
        *("sale", "asked", refused(), "asked", "raise ConnectionError(error)", "environment"),
    ),
}


@pytest.mark.parametrize("name", CRASHES)
def test_a_crash_leads_to_its_line_and_its_cause(shop: Any, name: str) -> None:
    """The innermost line of the team's that is not the driver's own, and who must change something."""
    operation, call, reply, function, code, cause = CRASHES[name]
    error = crash(shop, operation, call, reply)
    place = blame.team_place(error, shop)

    assert place is not None
    line = blame.line_at(place)
    if sys.version_info < (3, 12) or function != "<listcomp>":  # a comprehension has no frame of its own any more
        assert (line.function, line.code) == (function, code)
    assert blame.cause_of(error, shop, driver_sends=False, sdk=("tinsdk",)) == cause


def test_a_driver_that_is_the_integration(shop: Any) -> None:
    """Where the driver class sends exchanges itself, its crash is the integration's."""
    error = crash(shop, "refund", "", 5)

    assert blame.cause_of(error, shop, driver_sends=True, sdk=()) == "integration"


def test_the_teams_frames_outermost_first(shop: Any) -> None:
    """A report shows the way through the team's code, from the driver inwards, and nothing of others."""
    error = crash(shop, "sale", "through_sdk", {"brand": None})

    assert [blame.line_at(place).function for place in blame.team_places(error)] == ["sale", "through_sdk"]


def test_the_code_of_a_driver_class(shop: Any) -> None:
    """Functions of every kind, of its bases and inside its functions; not those of Driver or of the shop."""
    names = {code.co_name for code in blame.driver_code(shop)}

    assert {"sale", "refund", "note", "start", "helper", "<lambda>", "name", "void", "call"} <= names
    assert {"settle", "charge", "label", "counted"}.isdisjoint(names)


FILES = [  # a file, whether it is the team's
    ("{here}/shop/pay.py", True),
    ("{here}/lib/site-packages/tinsdk/__init__.py", False),
    ("{paypact}/world/ledger.py", False),
    ("{paypact}/testkit/flow.py", False),
    ("{paypact}/gateways/tin/integration.py", True),
    ("{paypact}/gateways/tin/simulator.py", False),
    ("{paypact}/fixtures/flawed/tin/brand_names.py", True),
    ("{paypact}/suites/answers.py", False),
    ("{suites}/answers.py", False),
    ("{python}/json/decoder.py", False),
    ("<string>", False),
    ("<frozen importlib._bootstrap>", False),
]


@pytest.mark.parametrize(("file", "team"), FILES, ids=[row[0] for row in FILES])
def test_whose_file_it_is(tmp_path: Path, file: str, *, team: bool) -> None:
    """The team's is what is neither installed, nor Python's, nor paypact's; integrations count as the team's."""
    path = file.format(
        here=tmp_path,
        paypact=Path(paypact.__file__).parent,
        suites=Path(str(files("paypact.suites") / "__init__.py")).parent,
        python=Path(json.__file__).parent.parent,
    )

    assert blame.is_team(path) is team


def test_the_line_on_the_calling_stack() -> None:
    """Who sends an exchange is found by walking up to the team's innermost frame: here, this test."""
    place = blame.calling_place()
    team, called = Mock(side_effect=blame.calling_frames)()

    assert place is not None
    assert (
        [frame.f_code.co_name for frame, _ in team]
        == [place[0].co_name]
        == [test_the_line_on_the_calling_stack.__name__]
    )
    assert called is not None
    assert Path(called.f_code.co_filename).name == "mock.py", "the library that was called by that frame"


def test_places_are_shown_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies below the working folder is shown from there, a library from its name, anything else in full."""
    monkeypatch.chdir(tmp_path)

    assert blame.shown(str(tmp_path / "shop" / "prices.py")) == "shop/prices.py"
    assert blame.shown(sqlite3.__file__) == "sqlite3/__init__.py"
    assert blame.shown(str(tmp_path.parent / "elsewhere.py")) == str(tmp_path.parent / "elsewhere.py")
