"""The pytest plugin: a driver class in a test file is a test class. It adapts and decides nothing.

It is loaded into every pytest run where paypact is installed, so all but the clock is imported late: a run without a
driver imports neither promises nor gateways, and is unchanged.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from paypact.driver import Driver, is_driver
from paypact.world import clock

if TYPE_CHECKING:
    from paypact.contract.stubs import Stubs

clock.install()  # before a conftest can bind `sleep` for itself
pytest.register_assert_rewrite("paypact.testkit")

_SEEN = pytest.StashKey[set[type[Driver]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    add = parser.getgroup("paypact", "paypact: promises that payment integrations keep").addoption
    add("--paypact-profile", metavar="NAME", help="how far to explore: quick, pr (default where CI is set), nightly")
    add(
        "--paypact-fail-on",
        metavar="SEVERITY",
        help="mildest severity that fails: money, crash, exposure, belief, advice",
    )
    for axis in ("promise", "integration", "scheme"):
        add(
            f"--paypact-{axis}",
            metavar="GLOB",
            action="append",
            default=[],
            help=f"only cells of this {axis}; repeatable",
        )
    add("--paypact-json", metavar="FILE", help="write the result as JSON (docs/json.md)")
    add("--paypact-shard", metavar="K/N", help="only this machine's share of the cells: 2/5 is the second of five")
    add("--paypact-case", metavar="REPLAY", help="replay one case as a finding prints it, and nothing else")
    add("--paypact-baseline", metavar="FILE", help="findings that are known, in place of the setting; `off`: none are")
    for ours in ("--paypact-only", "--paypact-module"):  # how `paypact run` talks to its workers
        add(ours, action="append", default=[], help=argparse.SUPPRESS)


def pytest_configure(config: pytest.Config) -> None:
    from paypact.runner.recorder import Recorder

    config.pluginmanager.register(Recorder(config), Recorder.NAME)
    if config.getoption("paypact_only"):
        from paypact.runner.scan import OnlyDrivers

        config.pluginmanager.register(OnlyDrivers(config), OnlyDrivers.NAME)


@pytest.fixture
def paypact_stubs() -> Iterator[Callable[..., Stubs]]:
    """Answers requests of the test from contracts: `paypact_stubs("contracts/gateway/shop.json", "sale (approve)")`."""
    from paypact.contract.stubs import stubs

    with ExitStack() as stack:
        yield lambda contract, *only: stack.enter_context(stubs(contract, *only))


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: Any, name: str, obj: object) -> Any:
    if not (isinstance(obj, type) and issubclass(obj, Driver)) or obj is Driver:
        return None
    seen = collector.stash.setdefault(_SEEN, set())
    if not is_driver(obj) or obj.__module__ != collector.obj.__name__ or obj in seen:
        return []  # a base, an imported class or a second name of one: no test class, whatever it is called
    from paypact.runner.items import DriverClass

    seen.add(obj)
    return DriverClass.of(collector, name, obj)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if hasattr(item, "paypact_annotate"):
        item.paypact_annotate(report, call)
    return report
