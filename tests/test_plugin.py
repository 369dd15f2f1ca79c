"""The plugin in a shop's own test run: what is collected, how it ends, what other runs do not notice."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

VARIANTS = """
from paypact import Approved, Driver, Money


class Base(Driver):
    "A base names no gateway."


class TestLikeName(Driver):
    "Nor is this a test class, whatever it is called."


class ShopTin(Base, gateway="tin", variants={"hosted": {"page": True}, "direct": {}}):
    def sale(self, payment):
        return Approved("p1")


Alias = ShopTin


def test_other():
    pass
"""


def said(name: str) -> str:
    """A whole text that users see, kept beside the tests."""
    return (Path(__file__).parent / "said" / f"{name}.txt").read_text("utf-8").rstrip("\n")


def ids(result: pytest.RunResult) -> list[str]:
    """The ids that `--co -q` printed."""
    return [line for line in result.outlines if "::" in line]


def test_a_driver_is_a_test_class(shop: Any) -> None:
    """Each variant has an item a promise and key; bases, aliases and imported classes are no test classes."""
    shop.file("tests/test_payments.py", VARIANTS)
    shop.file("tests/test_again.py", "from test_payments import ShopTin\n")

    listed = ids(shop.pytest("--co", "-q"))

    assert listed == [
        "tests/test_payments.py::ShopTin::cards[hosted-visa]",
        "tests/test_payments.py::ShopTin::cards[hosted-jcb]",
        "tests/test_payments.py::ShopTin::cards[direct-visa]",
        "tests/test_payments.py::ShopTin::cards[direct-jcb]",
        "tests/test_payments.py::ShopTin::refunds[hosted-all]",
        "tests/test_payments.py::ShopTin::refunds[direct-all]",
        "tests/test_payments.py::test_other",
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([], ["cards[visa]", "cards[jcb]", "refunds[all]"], id="all"),
        pytest.param(["-k", "jcb"], ["cards[jcb]"], id="-k"),
        pytest.param(["-m", "slow"], ["cards[visa]", "cards[jcb]", "refunds[all]"], id="-m"),
        pytest.param(["-m", "not slow"], [], id="-m not"),
        pytest.param(["tests/test_payments.py::ShopTin"], ["cards[visa]", "cards[jcb]", "refunds[all]"], id="class"),
        pytest.param(["tests/test_payments.py::ShopTin::cards[jcb]"], ["cards[jcb]"], id="full id"),
        pytest.param(["--paypact-promise=card*"], ["cards[visa]", "cards[jcb]"], id="promise"),
        pytest.param(["--paypact-scheme=v*", "--paypact-scheme=jcb"], ["cards[visa]", "cards[jcb]"], id="schemes"),
        pytest.param(["--paypact-integration=shop-*", "--paypact-scheme=jcb"], ["cards[jcb]"], id="integration"),
        pytest.param(["--paypact-case=tests/test_payments.py::cards[shop-tin-jcb]{}"], ["cards[jcb]"], id="case"),
    ],
)
def test_what_is_selected(shop: Any, arguments: list[str], expected: list[str]) -> None:
    """Selections of pytest and of paypact name the same items."""
    shop.file("pytest.ini", "[pytest]\nmarkers = slow\n")
    text = shop.driver().read_text().replace("class ShopTin", "@pytest.mark.slow\nclass ShopTin")
    shop.file("tests/test_payments.py", f"import pytest\n{text}")

    listed = ids(shop.pytest("--co", "-q", *arguments))

    assert [name.rpartition("::")[2] for name in listed] == expected


@pytest.mark.parametrize(
    ("ends", "outcomes", "code"),
    [
        pytest.param({}, {"passed": 2, "skipped": 1}, 0, id="kept"),
        pytest.param({"jcb": "crash"}, {"passed": 1, "failed": 1, "skipped": 1}, 1, id="broken"),
        pytest.param({"jcb": "advice"}, {"passed": 2, "skipped": 1}, 0, id="advice"),
        pytest.param({"jcb": "gap"}, {"passed": 1, "skipped": 2}, 0, id="not covered"),
        pytest.param({"jcb": "gap", "visa": "gap"}, {"skipped": 3}, 2, id="nothing covered"),
        pytest.param({"jcb": "defect"}, {"passed": 1, "failed": 1, "skipped": 1}, 2, id="defect"),
        pytest.param({"jcb": "mistake"}, {"passed": 1, "failed": 1, "skipped": 1}, 2, id="mistake"),
    ],
)
def test_how_cells_end(shop: Any, ends: dict[str, str], outcomes: dict[str, int], code: int) -> None:
    """Broken fails, not covered is skipped, advice passes; what says nothing about the code ends in exit code 2."""
    shop.driver(**ends)

    result = shop.pytest()

    assert (result.parseoutcomes(), result.ret) == (outcomes, code)


def test_a_live_key_stops_the_run(shop: Any) -> None:
    """Nothing more is tried once a live-looking key was seen."""
    shop.driver(visa="live")

    result = shop.pytest()

    assert (result.parseoutcomes(), result.ret) == ({"failed": 1}, 2)
    result.stdout.fnmatch_lines(["*paypact: a live-looking key was sent*"])


def test_what_a_failure_shows(shop: Any) -> None:
    """A finding stands where a traceback would; matrix and verdict follow; the short summary has the sentence."""
    shop.driver(jcb="crash")

    shown = shop.pytest("-q").stdout.str()

    assert shown[shown.index("____") : shown.index("\n1 failed")] == said("pytest-failure")


def test_advice_is_shown_without_failing(shop: Any) -> None:
    """What fails nothing is still said, after the tests."""
    shop.driver(jcb="advice")

    result = shop.pytest()

    result.stdout.fnmatch_lines(
        [
            "*= paypact =*",
            "*ADVICE  cards?shop-tin-jcb?",
            " sale crashed with KeyError: 'JCB'; the card was charged 10.90 EUR",
            " your line     shop/payments.py:41 in label",
            " all 2 cells kept their promise, 1 piece of advice, 1 not covered",
        ]
    )


def test_why_a_cell_was_not_covered(shop: Any) -> None:
    """The reason of a skip names the cell and what is missing."""
    shop.driver()

    result = shop.pytest("-rs")

    result.stdout.fnmatch_lines(
        ["SKIPPED [[]1] tests/test_payments.py:5: refunds[[]shop-tin-all]: the driver offers none of: refund"]
    )


def test_fail_on(shop: Any) -> None:
    """The option wins over the setting, the setting over the default."""
    shop.driver(jcb="belief")
    shop.file("pyproject.toml", '[tool.paypact]\nfail-on = "crash"\n')

    assert shop.pytest().ret == 0
    assert shop.pytest("--paypact-fail-on=belief").ret == 1


def test_what_the_team_accepts(shop: Any) -> None:
    """A waived finding and one of the baseline pass their items, in workers too; an ended waiver fails the run."""
    shop.driver(jcb="crash", visa="advice")
    waiver = '[[tool.paypact.waivers]]\npromise = "cards"\nintegration = "*"\nreason = "r"\nowner = "pay"\n'
    shop.file("pyproject.toml", f"{waiver}until = 2999-12-31\n")

    waived, shared = shop.pytest(), shop.pytest("-n", "1")
    shop.file("pyproject.toml", f"{waiver}until = 2020-12-31\n")
    shop.driver()
    ended = shop.pytest()
    shop.file("pyproject.toml", "")
    shop.file("known.json", '{"findings": {"cards[shop-tin-jcb]": {"0123456789ab": "x"}}}')
    shop.driver(jcb="crash")
    known = shop.pytest("--paypact-baseline=known.json")

    assert waived.parseoutcomes() == shared.parseoutcomes() == known.parseoutcomes() == {"passed": 2, "skipped": 1}
    assert (waived.ret, shared.ret, ended.ret, known.ret) == (0, 0, 1, 0)
    assert ended.parseoutcomes() == {"passed": 2, "skipped": 1}
    ended.stdout.fnmatch_lines([" accepted * waiver for cards[[]*-*] (pay, until 2020-12-31) has ended: fix what it *"])


FIXTURES = """
import pytest

SET_UP = []


@pytest.fixture(autouse=True)
def database(request):
    SET_UP.append(request.node.name)
    yield


@pytest.fixture
def cache():
    SET_UP.append("cache")


def pytest_sessionfinish():
    print(*SET_UP)
"""


def test_the_shops_fixtures_apply(shop: Any) -> None:
    """Fixtures of a conftest.py are set up once a cell, and marks of the class name more of them."""
    shop.file("tests/conftest.py", FIXTURES)
    text = shop.driver().read_text().replace("class ShopTin", "@pytest.mark.usefixtures('cache')\nclass ShopTin")
    shop.file("tests/test_payments.py", f"import pytest\n{text}")

    result = shop.pytest("-s", "--paypact-promise=cards")

    result.stdout.fnmatch_lines(["*cards[[]visa] cache cards[[]jcb] cache"])


def test_a_fixture_that_fails_is_no_finding(shop: Any) -> None:
    """What the shop's own fixtures raise is shown as pytest shows it, and no promise was tried."""
    shop.driver()
    shop.file(
        "tests/conftest.py", "import pytest\n@pytest.fixture(autouse=True)\ndef db():\n    raise ValueError('no db')"
    )

    result = shop.pytest("--paypact-promise=cards")

    assert (result.parseoutcomes(), result.ret) == ({"errors": 2}, 2)
    result.stdout.fnmatch_lines(["E       ValueError: no db"])


def test_a_mark_skips(shop: Any) -> None:
    """A driver class that the shop skips is not covered, with the shop's reason."""
    text = shop.driver().read_text().replace("class ShopTin", "@pytest.mark.skip(reason='not yet')\nclass ShopTin")
    shop.file("tests/test_payments.py", f"import pytest\n{text}")

    result = shop.pytest()

    assert (result.parseoutcomes(), result.ret) == ({"skipped": 3}, 2)
    result.stdout.fnmatch_lines(
        [" not covered  cards?shop-tin-visa? and 2 more cells: skipped by the test suite: not yet"]
    )


def test_last_failed(shop: Any) -> None:
    """`--lf` runs the cell that failed."""
    shop.driver(jcb="crash")
    shop.pytester.runpytest_inprocess()

    again = shop.pytester.runpytest_inprocess("--lf")

    assert again.parseoutcomes() == {"failed": 1, "deselected": 2}


def stable(text: str) -> dict[str, Any]:
    """A JSON result without what differs from run to run."""
    result: dict[str, Any] = json.loads(re.sub(r'"seconds": [\d.]+', '"seconds": 0', text))
    return result


def test_workers_report_the_same(shop: Any) -> None:
    """Results travel from workers whole, and the finding is shown as it is in one process."""
    shop.driver(jcb="crash")
    shop.file("tests/test_more.py", shop.driver("x.py", visa="gap").read_text().replace("ShopTin", "Other"))

    alone = shop.pytest("--paypact-json=alone.json", "tests")
    shared = shop.pytest("--paypact-json=shared.json", "-n", "2", "tests")

    assert (alone.ret, shared.ret) == (1, 1)
    assert shared.parseoutcomes() == alone.parseoutcomes()
    first, second = ((shop.pytester.path / name).read_text() for name in ("alone.json", "shared.json"))
    assert stable(first) == stable(second)
    shared.stdout.fnmatch_lines(
        ["*CRASH  cards?shop-tin-jcb?", " cause         the integration: your code has to change"]
    )


def test_a_workers_mistake_ends_in_2(shop: Any) -> None:
    """A driver that cannot be stopped is said by the process that has the terminal."""
    text = shop.driver().read_text()
    shop.file(
        "tests/test_payments.py", text + "\n    @classmethod\n    def stop(cls):\n        raise ValueError('busy')\n"
    )
    shop.file(
        "tests/conftest.py",
        "from paypact.runner import items\nfrom paypact.testkit import session\n"
        "from paypact.testkit.target import targets\nrun = items.run_cell\n"
        "def started(cell, *given, **named):\n    session.started(cell.target)\n    return run(cell, *given, **named)\n"
        "items.run_cell = started\n",
    )

    result = shop.pytest("-n", "1", "--paypact-promise=cards")

    assert result.ret == 2
    result.stdout.fnmatch_lines([" driver ShopTin: stop raised ValueError: busy*"])


def test_shards_of_pytest(shop: Any) -> None:
    """A share of the cells, in workers too, beside all of the shop's own tests."""
    shop.driver(jcb="crash")
    shop.file("tests/test_own.py", "def test_own(): pass")

    first = ids(shop.pytest("--co", "-q", "--paypact-shard=1/2"))
    second = ids(shop.pytest("--co", "-q", "--paypact-shard=2/2"))
    shared = shop.pytest("--paypact-shard=1/2", "-n", "2", "--paypact-json=1.json")

    assert set(first) & set(second) == {"tests/test_own.py::test_own"}
    assert {name.rpartition("::")[2] for name in first + second} == {
        "cards[visa]",
        "cards[jcb]",
        "refunds[all]",
        "test_own",
    }
    assert sum(
        shared.parseoutcomes()[word] for word in ("passed", "failed", "skipped") if word in shared.parseoutcomes()
    ) == len(first)
    assert json.loads((shop.pytester.path / "1.json").read_text())["shard"] == {
        "number": 1,
        "of": 2,
        "cells": ["cards[shop-tin-visa]", "cards[shop-tin-jcb]", "refunds[shop-tin-all]"],
    }


def test_junit_properties(shop: Any) -> None:
    """A JUnit file tells promise, integration and scheme, and of a finding what triage begins with."""
    shop.driver(jcb="crash")
    shop.pytest("--junitxml=junit.xml", "-o", "junit_family=xunit1", "--paypact-scheme=jcb")

    (case,) = ET.parse(shop.pytester.path / "junit.xml").iter("testcase")  # noqa: S314 - written by this very test
    failure = case.find("failure")

    assert {each.get("name"): each.get("value") for each in case.iter("property")} == {
        "promise": "cards",
        "integration": "shop-tin",
        "gateway": "tin",
        "cell": "jcb",
        "scheme": "jcb",
        "state": "broken",
        "severity": "crash",
        "cause": "integration",
        "fingerprint": "0123456789ab",
    }
    assert failure is not None
    assert failure.get("message") == "crash: sale crashed with KeyError: 'JCB'; the card was charged 10.90 EUR"


MISTAKES = [
    pytest.param(
        'class A(Driver, gateway="tinn"):\n    def sale(self, payment): ...',
        "paypact: unknown gateway 'tinn'; did you mean 'tin'? (known: *tin*)",
        id="unknown gateway",
    ),
    pytest.param(
        'class A(Driver, gateway="tin"): ...',
        "paypact: driver A (test_it.py) offers no operation: define at least one of sale, authorize, complete, *",
        id="no operation",
    ),
    pytest.param(
        'class A(Driver, gateway="tin", name="x"):\n    def sale(self, payment): ...\n\n'
        'class B(Driver, gateway="tin", name="x"):\n    def sale(self, payment): ...',
        "paypact: two drivers are named 'x': A in test_it.py and B in test_it.py. "
        'Give one another name: `class B(Driver, gateway="...", name="...")`',
        id="two of one name",
    ),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_class_that_cannot_be_driven(shop: Any, text: str, message: str) -> None:
    """One message where pytest would show a traceback."""
    shop.file("test_it.py", f"from paypact import Driver\n\n{text}\n")

    result = shop.pytest()

    assert result.ret == 2
    result.stdout.fnmatch_lines([message.replace("[", "[[]")])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert "src/paypact" not in result.stdout.str()


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--paypact-profile=fast", "unknown profile 'fast' (known: quick, pr, nightly)"),
        (
            "--paypact-fail-on=all",
            "unknown fail-on severity 'all' (known, worst first: money, crash, exposure, belief, advice)",
        ),
        ("--paypact-promise=card", "unknown promise 'card'; did you mean 'cards'? (known here: cards, refunds)"),
        (
            "--paypact-shard=0/2",
            "--shard 0/2 is no shard: write 2/5 for the second of five machines, 1/5 for the first",
        ),
        (
            "--paypact-shard=1/9",
            "--shard 1/9: there are 3 cells in all, so some shards would be empty: deal them to fewer",
        ),
        ("--paypact-integration=x", "unknown integration 'x' (known here: shop-tin)"),
        ("--paypact-scheme=jbc", "unknown scheme 'jbc'; did you mean 'jcb'? (known here: visa, jcb)"),
        (
            "--paypact-json=no/where.json",
            "the result cannot be written to no/where.json: there is no folder no. Make it, or name another",
        ),
        (
            "--paypact-case=nothing",
            (
                "replay: cannot read 'nothing'; write it as a finding prints it: "
                "'FILE::promise[integration-key]{case}', or the file under .paypact/ that it names"
            ),
        ),
    ],
    ids=lambda value: value.partition("=")[0] if value.startswith("--") else "",
)
def test_an_option_that_means_nothing(shop: Any, argument: str, message: str) -> None:
    """A usage error that lists what there is."""
    shop.driver()

    result = shop.pytest(argument)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: paypact: {message}" in result.stderr.lines


PLAIN = """
import json
import sys


def test_function():
    with open("modules.json", "w") as file:
        json.dump(list(sys.modules), file)


class TestMoney:
    def test_method(self):
        assert 1090 == 1090
"""
LATE = {"hypothesis", "time_machine", "faker", "rich", "paypact.testkit", "paypact.gateways", "paypact.discovery"}


def test_a_run_without_drivers_is_unchanged(empty_shop: Any) -> None:
    """Same items, same words, and nothing is imported that such a run does not need."""
    empty_shop.file("tests/test_plain.py", PLAIN)

    def run(*arguments: str) -> tuple[list[str], set[str]]:
        result = empty_shop.pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)
        lines = [
            re.sub(r"in \d+\.\d+s =*", "", line).strip("=")
            for line in result.outlines
            if not line.startswith("plugins:")
        ]
        return lines, set(json.loads((empty_shop.pytester.path / "modules.json").read_text()))

    lines, modules = run()
    bare_lines, bare_modules = run("-p", "no:paypact")

    assert lines == bare_lines
    assert any("2 passed" in line for line in lines)
    assert "paypact.plugin" in modules - bare_modules
    assert (modules - bare_modules) & LATE == set()
