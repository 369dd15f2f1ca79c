"""A shop's repository in which pytest and `paypact` are run, as its owner would."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

TOY = Path(__file__).parent / "toy"

# Promises whose cells end as the driver class says, in the place of the true ones. A file of the shop, because workers
# and subprocesses have to load it too.
CONFTEST = f"""
import sys

sys.path.insert(0, {str(TOY)!r})

from paypact import gateways
from paypact.errors import UsageError
from paypact.hosts import LiveKeyError
from paypact.report.model import ExchangeView, Finding, Line
from paypact.runner import items
from paypact.testkit.explore import DefectError, NotCoveredError
from paypact.testkit.promise import Promise

gateways.forget()


def finding(exploration, severity):
    cell = exploration.cell
    return Finding(
        promise=cell.promise.id,
        integration=cell.target.name,
        gateway="tin",
        cell=cell.key,
        severity=severity,
        cause="integration",
        trigger="plain",
        sentence="sale crashed with KeyError: 'JCB'; the card was charged 10.90 EUR",
        clause="outcome/paid/crash",
        operation="sale",
        card="Card(jcb, 16 digits, ends 0505, expires 12/2034)",
        answer="approve",
        exception="KeyError: 'JCB'",
        line=Line(file="shop/payments.py", number=41, function="label", code='return RECEIPT[reply["brand"]]'),
        exchanges=(
            ExchangeView(
                number=1,
                operation="sale",
                method="POST",
                url="https://tin.example/payments",
                request='{{"amount": 1090}}',
                status=200,
                reply='{{"id": "p1", "brand": "JCB"}}',
                booked=("approve 10.90 EUR",),
                line="shop/payments.py:38 in charge",
            ),
        ),
        explained={{"scheme": "only jcb", "currency": "any"}},
        fingerprint="0123456789ab",
        replay=f"paypact replay '{{cell.target.file}}::{{cell.name}}'",
        source="oracle: outcome/paid/crash",
    )


def check(exploration):
    end = getattr(exploration.target.driver, "ends", {{}}).get(exploration.key, "kept")
    exploration.examples, exploration.exchanges = 3, 5
    if end == "gap":
        raise NotCoveredError("its condition never occurred in 3 examples: refund sent")
    if end == "defect":
        raise DefectError("the simulator raised KeyError: 'x' (ledger.py:1)")
    if end == "mistake":
        raise UsageError("driver ShopTin: start raised ValueError: no database at settings.py:3 in connect. Fix it")
    if end == "interrupt":
        raise KeyboardInterrupt
    if end == "live":
        raise LiveKeyError("a live-looking key was sent")
    if end != "kept":
        exploration.findings.append(finding(exploration, end))


def keys(target):
    return ("visa", "jcb")


PROMISES = {{
    "cards": Promise("cards", "every card", 1, ("sale",), keys, check),
    "refunds": Promise("refunds", "every refund", 2, ("refund",), keys, check),
}}
items.promises = lambda: PROMISES
"""

DRIVER = """
from paypact import Approved, Driver


class ShopTin(Driver, gateway="tin"):
    ends = {ends!r}

    def sale(self, payment):
        return Approved("p1")
"""


@dataclass(frozen=True)
class Said:
    """What a command came to."""

    code: int
    out: str
    err: str


@dataclass
class Shop:
    """A repository with the fake promises in its conftest.py."""

    pytester: pytest.Pytester
    capsys: pytest.CaptureFixture[str]

    def file(self, name: str, text: str) -> Path:
        """Write a file of the repository."""
        path = self.pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def driver(self, name: str = "tests/test_payments.py", **ends: str) -> Path:
        """Write a driver whose cells end as told; those not told are kept. One written before is forgotten."""
        sys.modules.pop(Path(name).stem, None)
        return self.file(name, DRIVER.format(ends=ends))

    def pytest(self, *arguments: str) -> pytest.RunResult:
        """Run pytest in this process."""
        return self.pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)

    def paypact(self, *arguments: str) -> Said:
        """Run a command line in this process."""
        from paypact.cli import call

        self.capsys.readouterr()
        code = call(arguments)
        said = self.capsys.readouterr()
        return Said(code, said.out, said.err)

    def command(self, *arguments: str) -> Said:
        """Run a command line in a process of its own, where nothing was imported before."""
        done = self.pytester.run(sys.executable, "-m", "paypact", *arguments)
        return Said(int(done.ret), f"{done.stdout}\n", f"{done.stderr}\n")

    def files(self) -> set[str]:
        """Everything in the repository that Python itself did not put there."""
        every = (path.relative_to(self.pytester.path) for path in self.pytester.path.rglob("*"))
        return {str(path) for path in every if "__pycache__" not in path.parts}


@pytest.fixture(scope="session")
def loaded() -> None:
    """Import what a shop needs: pytester forgets modules that a test imports first, and ours would exist twice."""
    for name in ("cli", "commands.demo", "commands.list", "commands.replay", "commands.run", "report.longrepr"):
        importlib.import_module(f"paypact.{name}")
    for name in ("paypact.runner.scan", "requests", "http.cookiejar"):
        importlib.import_module(name)


@pytest.fixture(autouse=True)
def _strangers_leave(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A module of one test's folder is gone before the next test, which may have another of the same name."""
    before = set(sys.modules)
    yield
    folder = str(tmp_path_factory.getbasetemp())
    sys.path[:] = [each for each in sys.path if not each.startswith(folder)]
    _forget(before, folder)


def _forget(before: set[str], *folders: str) -> None:
    """Forget the modules of these folders, and a conftest of any, that were not there before."""
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if file.startswith(folders) or name == "conftest":
            del sys.modules[name]


@pytest.fixture
def empty_shop(
    loaded: None, pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    """A repository with nothing in it: the true promises apply."""
    from paypact import gateways
    from paypact.discovery import may_define_driver
    from paypact.runner import items
    from paypact.testkit.promise import promises

    monkeypatch.setattr(items, "promises", promises)  # the shop's conftest.py puts its own there
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("NO_COLOR", "FORCE_COLOR", "PYTEST_ADDOPTS", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    modules, path = set(sys.modules), list(sys.path)
    yield Shop(pytester, capsys)
    sys.path[:] = path
    _forget(modules, str(pytester.path), str(TOY))
    may_define_driver.cache_clear()
    gateways.forget()


@pytest.fixture
def shop(empty_shop: Shop) -> Shop:
    """A repository whose conftest.py puts promises in place that end as the driver says."""
    empty_shop.file("conftest.py", CONFTEST)
    return empty_shop
