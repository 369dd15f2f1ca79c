"""The commands: exit codes, what they print, and one message for each mistake."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from paypact import gateways
from paypact.cli import call

TIN = f"""
import sys

sys.path.insert(0, {str(Path(__file__).parent / "toy")!r})

from paypact import gateways

gateways.forget()
"""
SALE = "    def sale(self, payment): ..."


def said(name: str) -> str:
    """A whole text that users see, kept beside the tests."""
    return (Path(__file__).parent / "said" / f"{name}.txt").read_text("utf-8")


def timeless(text: str) -> str:
    """Without the seconds it took."""
    return re.sub(r"in \d+\.\d s", "in 0.0 s", text)


@pytest.mark.parametrize(
    ("ends", "arguments", "code"),
    [
        pytest.param({}, [], 0, id="kept"),
        pytest.param({"jcb": "crash"}, [], 1, id="broken"),
        pytest.param({"jcb": "advice"}, [], 0, id="advice"),
        pytest.param({"jcb": "advice"}, ["--fail-on", "advice"], 1, id="advice that fails"),
        pytest.param({"jcb": "belief"}, ["--fail-on", "crash"], 0, id="milder than fail-on"),
        pytest.param({"jcb": "gap"}, [], 0, id="not covered"),
        pytest.param({"jcb": "gap", "visa": "gap"}, [], 2, id="nothing covered"),
        pytest.param({"jcb": "defect"}, [], 2, id="defect"),
        pytest.param({"jcb": "mistake"}, [], 2, id="mistake"),
        pytest.param({"visa": "live"}, [], 2, id="live key"),
        pytest.param({"jcb": "crash"}, ["--scheme", "visa"], 0, id="one scheme"),
        pytest.param({"jcb": "crash"}, ["-k", "visa"], 0, id="-k"),
        pytest.param({"jcb": "crash", "visa": "crash"}, ["-x"], 1, id="-x"),
        pytest.param({"jcb": "crash", "visa": "crash"}, ["-x", "-n", "2"], 1, id="-x in workers"),
        pytest.param({"jcb": "live", "visa": "live"}, ["-n", "2"], 2, id="live key in workers"),
    ],
)
def test_exit_codes(shop: Any, ends: dict[str, str], arguments: list[str], code: int) -> None:
    """0 kept, 1 a finding at or above fail-on, 2 nothing can be said."""
    shop.driver(**ends)

    result = shop.paypact("run", "tests", "-n", "0", *arguments)

    assert result.code == code
    assert "Traceback" not in result.out + result.err


@pytest.mark.parametrize(
    ("ends", "name"),
    [
        pytest.param({}, "run-kept", id="kept"),
        pytest.param({"visa": "advice", "jcb": "crash"}, "run-broken", id="broken"),
        pytest.param({"visa": "defect"}, "run-defect", id="defect"),
    ],
)
def test_what_a_run_prints(shop: Any, ends: dict[str, str], name: str) -> None:
    """What moved on while it ran, findings whole and worst first, the matrix, and the verdict last."""
    shop.driver(**ends)

    assert timeless(shop.paypact("run", "tests", "-n", "0").out) == said(name)


def test_quiet_prints_the_verdict_alone(shop: Any) -> None:
    """`-q` leaves two lines."""
    shop.driver()

    assert timeless(shop.paypact("run", "tests", "-q").out) == (
        " all 2 cells kept their promise, 1 not covered\n 6 examples, 10 exchanges in 0.0 s; profile pr, exit code 0\n"
    )


def test_workers_come_to_the_same(shop: Any) -> None:
    """The number of processes changes nothing but the time."""
    shop.driver(visa="advice", jcb="crash")

    alone = shop.paypact("run", "tests", "-n", "0", "--json", "alone.json")
    shared = shop.paypact("run", "tests", "-n", "2", "--json", "shared.json")

    def closing(text: str) -> str:
        return timeless(text[text.index("CRASH", text.index("kept\n") if "kept\n" in text else 0) :])

    first, second = (json.loads((shop.pytester.path / name).read_text()) for name in ("alone.json", "shared.json"))
    assert alone.code == shared.code == 1
    assert {**first, "seconds": 0, "cells": [{**each, "seconds": 0} for each in first["cells"]]} == {
        **second,
        "seconds": 0,
        "cells": [{**each, "seconds": 0} for each in second["cells"]],
    }
    assert closing(shared.out).splitlines()[-12:] == closing(alone.out).splitlines()[-12:]


def timed(path: Path) -> dict[str, Any]:
    """A JSON result without the seconds it took."""
    result: dict[str, Any] = json.loads(re.sub(r'"seconds": [\d.]+', '"seconds": 0', path.read_text()))
    return result


def test_shards_come_to_the_same(shop: Any) -> None:
    """Two machines, one of them with workers, and a merge: the result that one machine has."""
    shop.driver(jcb="crash")
    shop.file("results/.keep", "")
    shop.paypact("run", "tests", "-n", "0", "-q", "--json", "whole.json")

    codes = [
        shop.paypact("run", "tests", "-n", "0", "-q", "--shard", "1/2", "--json", "results/1.json"),
        shop.paypact("run", "tests", "-n", "2", "-q", "--shard", "2/2", "--json", "results/2.json"),
    ]
    merged = shop.paypact("report", "merge", "results", "--json", "merged.json", "--junit", "merged.xml")

    assert sorted(each.code for each in codes) == [0, 1]
    assert merged.code == 1
    assert timed(shop.pytester.path / "merged.json") == timed(shop.pytester.path / "whole.json")
    assert 'tests="3" failures="1" skipped="1"' in (shop.pytester.path / "merged.xml").read_text()


def test_the_result_as_json(shop: Any) -> None:
    """The file has the verdict, the columns and every finding with its case."""
    shop.driver(jcb="crash")
    shop.paypact("run", "tests", "-q", "--json", "result.json")

    result = json.loads((shop.pytester.path / "result.json").read_text())

    assert (result["schema"], result["exit_code"], result["profile"], result["fail_on"]) == (1, 1, "pr", "belief")
    assert [(each["name"], each["file"]) for each in result["integrations"]] == [("shop-tin", "tests/test_payments.py")]
    assert [(each["promise"], each["cell"], each["state"]) for each in result["cells"]] == [
        ("cards", "visa", "kept"),
        ("cards", "jcb", "broken"),
        ("refunds", "all", "not covered"),
    ]
    assert result["cells"][1]["findings"][0]["fingerprint"] == "0123456789ab"


def test_junit(shop: Any) -> None:
    """`--junit` writes a file whose cases name promise, integration and scheme, for a CI system to filter by."""
    shop.driver(jcb="crash")
    shop.paypact("run", "tests", "-q", "--junit", "junit.xml")

    (suite,) = ET.parse(shop.pytester.path / "junit.xml").iter("testsuite")  # noqa: S314 - written by this very test
    (jcb,) = (case for case in suite.iter("testcase") if case.get("name") == "cards[shop-tin-jcb]")
    assert [suite.get(each) for each in ("tests", "failures", "skipped")] == ["3", "1", "1"]
    assert {each.get("name"): each.get("value") for each in jcb.iter("property")} == {
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


@pytest.mark.parametrize("command", ["run", "replay", "merge"])
def test_html(shop: Any, command: str) -> None:
    """`--html` writes the report, whichever command came to the result."""
    shop.driver(jcb="crash")
    shop.paypact("run", "tests", "-q", "-n", "0", "--json", "result.json")
    arguments = {
        "run": ("run", "tests", "-q", "-n", "0"),
        "replay": ("replay", "tests/test_payments.py::cards[shop-tin-jcb]"),
        "merge": ("report", "merge", "result.json"),
    }[command]
    said = shop.paypact(*arguments, "--html", "report.html")

    page = (shop.pytester.path / "report.html").read_text("utf-8")
    assert said.code == 1
    assert page.startswith("<!doctype html>")
    assert "cards[shop-tin-jcb]" in page


def test_needs_are_merged_in(shop: Any) -> None:
    """`report merge` takes what `paypact needs` wrote for what it is, and puts it into the result."""
    shop.driver()
    shop.paypact("run", "tests", "-q", "-n", "0", "--json", "result.json")
    needs = {"integration": "shop-tin", "gateway": "tin"}
    shop.file("needs.json", json.dumps({"schema": 1, "version": "0.1.0", "integrations": [needs]}))
    said = shop.paypact("report", "merge", "result.json", "needs.json", "-q", "--json", "all.json")

    assert said.code == 0
    assert json.loads((shop.pytester.path / "all.json").read_text("utf-8"))["needs"] == [needs]


def test_on_github(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In GitHub Actions a run annotates the team's line and writes the job summary, unless it is told not to."""
    shop.driver(jcb="crash")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(shop.pytester.path))
    silent = shop.paypact("run", "tests", "-q", "-n", "0", "--no-github")
    assert not (shop.pytester.path / "summary.md").exists()
    said = shop.paypact("run", "tests", "-q", "-n", "0")

    assert "::" not in silent.out
    assert said.out.startswith("::error file=shop/payments.py,line=41,title=crash%3A cards[shop-tin-jcb]::sale crashed")
    assert (shop.pytester.path / "summary.md").read_text("utf-8").startswith("## paypact: :x: broken\n")


WAIVER = """
[[tool.paypact.waivers]]
promise = "cards"
integration = "shop-*"
scheme = "jcb"
reason = "the vendor mends it: ticket 12"
owner = "payments"
until = {until}
"""
NOW = ["run", "tests", "-n", "0", "-q"]


def verdict(said: Any) -> tuple[int, str]:
    """Exit code, and the verdict of a quiet run in one line."""
    return said.code, " ".join(said.out.partition(" examples")[0].split()[:-1])


def test_a_baseline(shop: Any) -> None:
    """Known findings fail nothing, new ones and lost coverage do; what is gone is named; `off` shows all."""
    shop.driver(jcb="crash")

    before = verdict(shop.paypact(*NOW))
    recorded = verdict(shop.paypact(*NOW, "--baseline", "write"))
    after, all_of_it = verdict(shop.paypact(*NOW)), verdict(shop.paypact(*NOW, "--baseline", "off"))
    shop.driver(jcb="gap")
    lost = verdict(shop.paypact(*NOW))
    shop.driver()
    gone = shop.paypact("run", "tests", "-n", "0")

    crash = "sale crashed with KeyError: 'JCB'; the card was charged 10.90 EUR"
    failed = (1, f"1 finding in 1 broken promise, the worst (crash): {crash}")
    assert before == all_of_it == failed
    assert recorded == after == (0, "1 of 2 cells kept their promise, 1 accepted finding, 1 not covered")
    assert lost == (
        1,
        "coverage lost: cards[shop-tin-jcb] was tried when the baseline was written, and is not any more",
    )
    assert (gone.code, f"gone since the baseline, write it anew: cards[shop-tin-jcb]: {crash}") == (
        0,
        " ".join(gone.out.partition("accepted ")[2].partition(" all 2 cells")[0].split()),
    )


def test_a_baseline_of_a_run_that_says_nothing(shop: Any) -> None:
    """What could not be tried is not recorded, and the run says so."""
    shop.driver(jcb="gap", visa="gap")

    result = shop.paypact("run", "tests", "-n", "0", "--baseline", "write")

    assert result.code == 2
    assert " accepted     paypact-baseline.json was not written: nothing was covered" in result.out
    assert "paypact-baseline.json" not in shop.files()


def test_waivers(shop: Any) -> None:
    """Until its day a waiver makes a finding advice; then it fails; an unused one is said; replays know none."""
    shop.driver(jcb="crash", visa="crash")
    shop.file("pyproject.toml", WAIVER.format(until="2999-12-31"))

    one = verdict(shop.paypact(*NOW))
    shop.driver(jcb="crash")
    waived, stopped = verdict(shop.paypact(*NOW)), shop.paypact(*NOW, "-x")
    replayed = shop.paypact("replay", "tests/test_payments.py::cards[shop-tin-jcb]")
    shop.driver()
    unused = shop.paypact("run", "tests", "-n", "0")
    shop.file("pyproject.toml", WAIVER.format(until="2020-12-31"))
    ended = verdict(shop.paypact(*NOW))

    assert one[0] == 1
    assert waived == (0, "1 of 2 cells kept their promise, 1 accepted finding, 1 not covered")
    assert (stopped.code, replayed.code, unused.code) == (0, 1, 0)
    assert "is not needed any more: no finding matches it" in " ".join(unused.out.split())
    assert ended == (
        1,
        "waiver for cards[shop-*-jcb] (payments, until 2020-12-31) has ended: fix what it waived, or give it a new day",
    )


PLACES = [
    pytest.param("tests/test_payments.py", ["tests/test_payments.py"], "tests/test_payments.py", id="file"),
    pytest.param("driving.py", ["driving.py"], "driving.py", id="file of any name"),
    pytest.param("shop/pay/driving.py", ["shop"], "shop/pay/driving.py", id="folder"),
    pytest.param("shoplib/driving.py", ["shoplib.driving:ShopTin"], "shoplib.driving:ShopTin", id="class"),
    pytest.param("shoplib/driving.py", ["shoplib.driving"], "shoplib.driving", id="module"),
]


@pytest.mark.parametrize(("file", "named", "shown"), PLACES)
def test_where_drivers_are_found(shop: Any, file: str, named: list[str], shown: str) -> None:
    """A file, a folder with any Python file in it, a module, a class of a module."""
    shop.driver(file)
    shop.file("shop/other.py", "raise RuntimeError('a file that speaks of no driver is not imported')")

    result = shop.paypact("run", *named, "-q", "--json", "result.json", "-n", "0")

    (column,) = json.loads((shop.pytester.path / "result.json").read_text())["integrations"]
    assert (result.code, column["file"]) == (0, shown)


def test_drivers_of_the_settings(shop: Any) -> None:
    """Where no path is named, the drivers of [tool.paypact] run, in workers too."""
    shop.driver("shoplib/driving.py", jcb="crash")
    shop.file("pyproject.toml", '[tool.paypact]\ndrivers = ["shoplib.driving:ShopTin"]\nprofile = "quick"\n')

    result = shop.paypact("run", "-n", "2", "-q")

    assert (result.code, "profile quick" in result.out) == (1, True)


def test_the_shops_own_options_do_not_disturb(shop: Any) -> None:
    """What the shop's pytest is told by default neither stops a run nor adds to it, and nothing is left behind."""
    shop.driver(jcb="crash", visa="crash")
    shop.file("pytest.ini", "[pytest]\naddopts = -x -n 2 --ff -ra --strict-markers\nfilterwarnings = error\n")
    before = shop.files()

    result = shop.paypact("run", "tests", "-n", "0")

    assert (result.code, "2 broken" in result.out) == (1, True)
    assert shop.files() == before


ONCE = """
import settings

settings.configure(database="test")
"""
SETTINGS = """
configured = {}


def configure(**values):
    if configured:
        raise RuntimeError("settings already configured")
    configured.update(values)
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_shops_settings_are_made_once_a_process(shop: Any, workers: str) -> None:
    """A conftest.py runs once in each process, however the run is shared: settings often stand no second time."""
    shop.file("settings.py", SETTINGS)
    shop.file("tests/conftest.py", ONCE)
    shop.file("pytest.ini", "[pytest]\npythonpath = .\n")
    text = shop.driver().read_text().replace("def sale", "database = settings.configured['database']\n\n    def sale")
    shop.file("tests/test_payments.py", f"import settings\n{text}")

    result = shop.command("run", "tests", "-q", "-n", workers)

    assert (result.code, result.err.strip()) == (0, "")


def test_output_for_a_terminal_and_for_a_log(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Colours where the user wants them, and none where NO_COLOR is set; what a shop says is never markup."""
    shop.driver(jcb="crash")
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = shop.paypact("run", "tests", "-n", "0").out
    monkeypatch.setenv("NO_COLOR", "1")

    plain = shop.paypact("run", "tests", "-n", "0").out

    assert "\x1b[1;31m" in coloured or "\x1b[31m" in coloured
    assert re.search(r"\x1b\[[0-9;]*3[0-7]m", plain) is None


MISTAKES = [
    pytest.param(
        {"a.py": f'class A(Driver, gateway="tinn"):\n{SALE}'},
        ["run", "a.py"],
        "unknown gateway 'tinn'; did you mean 'tin'? (known: {gateways})",
        id="unknown gateway",
    ),
    pytest.param(
        {"a.py": f'class A(Driver, gateway="tin", scheme=["visa"]):\n{SALE}'},
        ["run", "a.py"],
        "a.py:3: driver A: unknown class keyword 'scheme'; did you mean 'schemes'? (known: gateway, currencies, "
        "schemes, amounts, countries, wallets, api_version, reasons, host, variants, name)",
        id="unknown keyword",
    ),
    pytest.param(
        {"a.py": f'class A(Driver, gateway="tin", schemes=["viza"]):\n{SALE}'},
        ["run", "a.py"],
        "driver A: schemes=['viza'] is unknown at gateway 'tin'; did you mean 'visa'? "
        "(known: visa, mastercard, amex, jcb, mir)",
        id="unknown scheme of a driver",
    ),
    pytest.param(
        {"a.py": 'class A(Driver, gateway="tin"): ...'},
        ["run", "a.py"],
        "driver A (a.py) offers no operation: define at least one of sale, authorize, complete, capture, void, refund, "
        "verify, store, charge_stored, lookup, receive, order",
        id="no operation",
    ),
    pytest.param(
        {
            "a.py": f'class A(Driver, gateway="tin", name="x"):\n{SALE}',
            "b.py": f'class B(Driver, gateway="tin", name="x"):\n{SALE}',
        },
        ["run", "a.py", "b.py"],
        "two drivers are named 'x': A in a.py and B in b.py. "
        'Give one another name: `class B(Driver, gateway="...", name="...")`',
        id="two of one name",
    ),
    pytest.param(
        {"a.py": "class A(Driver, gateway=:\n    pass"},
        ["run", "a.py"],
        "a.py:3: syntax error: invalid syntax `class A(Driver, gateway=:`. "
        "Fix it: until then no driver in this file can run",
        id="syntax error",
    ),
    pytest.param(
        {"a.py": "RATES = {}\nRATE = RATES['EUR']"},
        ["run", "a.py"],
        "a.py:4: KeyError: 'EUR', while it was imported: `RATE = RATES['EUR']`. "
        "Fix it: until then no driver in this file can run",
        id="raises at import",
    ),
    pytest.param(
        {"a.py": "import shoplib.nowhere"},
        ["run", "a.py"],
        "a.py:3: ModuleNotFoundError: No module named 'shoplib', while it was imported: `import shoplib.nowhere`. "
        "Install it, run from the folder that holds it, "
        "or name that folder in `pythonpath` of [tool.pytest.ini_options]",
        id="missing module",
    ),
    pytest.param(
        {"tests/conftest.py": "raise ValueError('no settings')", "tests/a.py": ""},
        ["run", "tests/a.py"],
        "tests/conftest.py:3: ValueError: no settings, while it was imported: `raise ValueError('no settings')`. "
        "Fix it: until then no driver in this file can run",
        id="conftest that raises",
    ),
    pytest.param(
        {"tests/a.py": "", "tests/below/conftest.py": "raise ValueError('no settings')", "tests/below/test_b.py": ""},
        ["run", "tests"],
        "tests/below/conftest.py:3: ValueError: no settings, while it was imported: `raise ValueError('no settings')`. "
        "Fix it: until then no driver in this file can run",
        id="conftest below that raises",
    ),
    pytest.param(
        {"one/a.py": "", "two/a.py": ""},
        ["run", "one/a.py", "two/a.py"],
        "two/a.py: one/a.py was imported under the same module name. Give one of them another name, "
        "put an __init__.py beside each, or let pytest use `--import-mode=importlib`",
        id="two modules of one name",
    ),
    pytest.param(
        {"a.py": ""},
        ["run", "a.py"],
        "no integration found in a.py: no class there subclasses paypact.Driver with a gateway. "
        'Write `class Shop(Driver, gateway="...")` with the operations you offer, or name the file that has it',
        id="no driver",
    ),
    pytest.param(
        {},
        ["run", "nowhere"],
        "no file, folder or module is named 'nowhere' here ({here}). Name a Python file or folder, "
        "or a driver in a package as package.module:Class",
        id="no such path",
    ),
    pytest.param(
        {"notes.txt": ""},
        ["run", "notes.txt"],
        "notes.txt is no Python file. Name a .py file that defines a driver, a folder, or a module",
        id="no Python file",
    ),
    pytest.param(
        {"lib/a.py": f'class A(Driver, gateway="tin"):\n{SALE}'},
        ["run", "lib.a:B"],
        "lib.a (B) has no such name (drivers there: A)",
        id="no such class",
    ),
    pytest.param(
        {"pyproject.toml": "[tool.paypact]\nfail-on = 'all'"},
        ["run"],
        "pyproject.toml, tool.paypact.fail-on: invalid enum value 'all'; "
        "allowed: money, crash, exposure, belief, advice",
        id="wrong setting",
    ),
    pytest.param(
        {"pyproject.toml": "[tool.paypact\n"},
        ["run"],
        "pyproject.toml is not valid TOML: Expected ']' at the end of a table declaration (at line 1, column 14)",
        id="broken TOML",
    ),
    pytest.param(
        {"pytest.ini": "[pytest]\naddopts = --nonsense", "a.py": ""},
        ["run", "a.py"],
        "pytest could not start: ",
        id="pytest's own settings",
    ),
    pytest.param({}, ["run", "--xyzzy"], "No such option: --xyzzy\nTry 'paypact run --help'.", id="unknown option"),
    pytest.param(
        {}, ["runn"], "No such command 'runn'. Did you mean 'run'?\nTry 'paypact --help'.", id="unknown command"
    ),
    pytest.param(
        {},
        ["report", "merge"],
        "Missing argument 'FILE...'.\nTry 'paypact report merge --help'.",
        id="merge of nothing",
    ),
    pytest.param(
        {},
        ["run", "-n", "many"],
        "-n many is no number of workers: write -n 4, -n 0 (one process) or -n auto",
        id="-n",
    ),
    pytest.param(
        {},
        ["run", "--shard", "6/5"],
        "--shard 6/5 is no shard: write 2/5 for the second of five machines, 1/5 for the first",
        id="shard",
    ),
    pytest.param(
        {},
        ["report", "merge", "result.json"],
        "result.json cannot be read: No such file or directory. Name a file that --json wrote, or a folder of them",
        id="merge of no file",
    ),
    pytest.param(
        {"results/notes.txt": ""},
        ["report", "merge", "results"],
        "there is no JSON file in results: name the folder that holds the results",
        id="merge of an empty folder",
    ),
    pytest.param(
        {"results/other.json": "[]"},
        ["report", "merge", "results"],
        "results/other.json is no result of paypact: Expected `object`, got `array`. "
        "Name a file that --json wrote, or a folder of them",
        id="merge of another file",
    ),
    pytest.param(
        {"a.py": f'class A(Driver, gateway="tin"):\n{SALE}', "paypact-baseline.json": "[]"},
        ["run", "a.py"],
        "paypact-baseline.json is no baseline: Expected `object`, got `array`. "
        "Write it anew with `paypact run --baseline write`",
        id="broken baseline",
    ),
    pytest.param(
        {"a.py": f'class A(Driver, gateway="tin"):\n{SALE}', "paypact-baseline.json": '{"schema": 2}'},
        ["run", "a.py"],
        "paypact-baseline.json has schema 2, this paypact reads 1: upgrade paypact",
        id="newer baseline",
    ),
    pytest.param(
        {},
        ["run", "--baseline", "wirte"],
        "--baseline 'wirte' is unknown: `write` records today's findings, `off` leaves them out",
        id="--baseline",
    ),
    pytest.param(
        {"pyproject.toml": WAIVER.format(until='"soon"')},
        ["run"],
        "pyproject.toml, tool.paypact.waivers.1.until: invalid RFC3339 encoded date; "
        "allowed: a day, such as 2030-01-31",
        id="waiver without a day",
    ),
    pytest.param(
        {"pyproject.toml": WAIVER.format(until="2999-12-31").replace('owner = "payments"\n', "")},
        ["run"],
        "pyproject.toml, tool.paypact.waivers.1: object missing required field `owner`; "
        "allowed: promise (required), integration (required), reason (required), owner (required), until (required), "
        "scheme",
        id="waiver without an owner",
    ),
    pytest.param(
        {"pyproject.toml": WAIVER.format(until="2999-12-31").replace('owner = "payments"', 'owner = ""')},
        ["run"],
        "pyproject.toml, tool.paypact.waivers.1.owner: expected `str` of length >= 1; "
        "allowed: text (1 or more characters)",
        id="waiver whose owner is nobody",
    ),
    pytest.param(
        {
            "a.py": f'class A(Driver, gateway="tin"):\n{SALE}',
            "pyproject.toml": WAIVER.format(until="2999-12-31").replace("cards", "card"),
        },
        ["run", "a.py"],
        "pyproject.toml, tool.paypact.waivers: unknown promise 'card'; did you mean 'cards'? (known: cards, refunds)",
        id="waiver of no promise",
    ),
    pytest.param({}, ["run", "--profile", "fast"], "unknown profile 'fast' (known: quick, pr, nightly)", id="profile"),
    pytest.param(
        {},
        ["run", "--fail-on", "all"],
        "unknown fail-on severity 'all' (known, worst first: money, crash, exposure, belief, advice)",
        id="fail-on",
    ),
    pytest.param(
        {},
        ["run", "--json", "no/where.json"],
        "the result cannot be written to no/where.json: there is no folder no. Make it, or name another",
        id="json without folder",
    ),
    pytest.param(
        {"here/x": ""},
        ["run", "--json", "here"],
        "the result cannot be written to here: it is a folder. Name a file in it",
        id="json is a folder",
    ),
]


def known_gateways() -> list[str]:
    """The bundled gateways, and the toy that shops' conftest.py files bring."""
    return sorted({*gateways.names(), "tin"})


@pytest.mark.parametrize(("files", "arguments", "message"), MISTAKES)
def test_mistakes(shop: Any, files: dict[str, str], arguments: list[str], message: str) -> None:
    """One message on standard error that names the thing and the way out, exit code 2, no traceback."""
    for name, text in files.items():
        shop.file(name, f"from paypact import Driver\n\n{text}\n" if name.endswith(".py") else text)
    message = message.replace("{here}", str(shop.pytester.path)).replace("{gateways}", ", ".join(known_gateways()))

    result = shop.paypact(*arguments)

    assert (result.code, result.out) == (2, "")
    if message.endswith(": "):
        assert result.err.startswith(f"paypact: {message}")
        assert result.err.count("\n") == 1
    else:
        assert result.err == f"paypact: {message}\n"


BROKEN_DRIVERS = [
    pytest.param(
        "    def __init__(self, gateway): self.db = {}['database']\n",
        "driver ShopTin: constructor raised KeyError: 'database' at tests/test_payments.py:5 in __init__. "
        "Until it works no promise can be tried: fix it, or run the driver by hand to see why",
        id="constructor that raises",
    ),
    pytest.param(
        "    def __init__(self): pass\n",
        "driver ShopTin: constructor raised TypeError: ShopTin.__init__() takes 1 positional argument but 2 were "
        "given. "
        "Until it works no promise can be tried: fix it, or run the driver by hand to see why",
        id="constructor without the gateway",
    ),
    pytest.param(
        "    @classmethod\n    def start(cls, gateway): raise ValueError('no database')\n",
        "driver ShopTin: start raised ValueError: no database at tests/test_payments.py:6 in start. "
        "Until it works no promise can be tried: fix it, or run the driver by hand to see why",
        id="start that raises",
    ),
    pytest.param(
        "    def close(self): raise OSError('connection lost')\n",
        "driver ShopTin: close raised OSError: connection lost at tests/test_payments.py:5 in close. "
        "Until it works no promise can be tried: fix it, or run the driver by hand to see why",
        id="close that raises",
    ),
    pytest.param(
        "    def __init__(self, gateway): pay()\n",
        "the code under test sent POST /charges to api.tin.example with a live-looking key, live_…6789, in its URL or "
        "a header. Nothing left this process, and the run stops here: give the integration `gateway.credentials`, "
        "which are test credentials made for the run",
        id="live-looking key",
    ),
]
PAY = """

def pay():
    import requests

    key = "live_" + "0123456789"
    requests.post("https://api.tin.example/charges", headers={"Authorization": f"Bearer {key}"}, timeout=5)
"""


@pytest.mark.parametrize(("method", "message"), BROKEN_DRIVERS)
def test_drivers_that_break(empty_shop: Any, method: str, message: str) -> None:
    """What stops the true promises from being tried is the verdict: one message, exit code 2, no traceback."""
    empty_shop.file("conftest.py", TIN)
    head = 'from paypact import Approved, Driver\n\n\nclass ShopTin(Driver, gateway="tin"):\n'
    text = f"{head}{method}{SALE}\n{PAY}"
    empty_shop.file("tests/test_payments.py", text)

    result = empty_shop.paypact("run", "tests", "-q", "-n", "0", "--promise", "card-types", "--scheme", "visa")

    assert result.code == 2
    assert " ".join(result.out.partition(" profile pr,")[0].split()) == message


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        (
            "    def sale(self, payment): return True",
            (
                "sale returned True, which is no Outcome: "
                "return Approved, Declined, ActionRequired, Pending, Rejected or Unknown"
            ),
        ),
        (
            "    def sale(self): return Approved('p1')",
            (
                "sale crashed with TypeError: ShopTin.sale() takes 1 positional argument but 2 were given; "
                "no authorization of this card exists"
            ),
        ),
    ],
    ids=["no Outcome", "other parameters"],
)
def test_drivers_that_do_not_fit(empty_shop: Any, method: str, sentence: str) -> None:
    """What does not keep to the interface is a finding whose cause is the driver."""
    empty_shop.file("conftest.py", TIN)
    text = f'from paypact import Approved, Driver\n\n\nclass ShopTin(Driver, gateway="tin"):\n{method}\n'
    empty_shop.file("tests/test_payments.py", text)

    empty_shop.paypact(
        "run", "tests", "-q", "-n", "0", "--promise", "card-types", "--scheme", "visa", "--json", "result.json"
    )
    (finding,) = json.loads((empty_shop.pytester.path / "result.json").read_text())["cells"][0]["findings"]

    assert (finding["sentence"], finding["cause"]) == (sentence, "driver")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--promise", "card"], "unknown promise 'card'; did you mean 'cards'? (known here: cards, refunds)"),
        (["--integration", "shop"], "unknown integration 'shop'; did you mean 'shop-tin'? (known here: shop-tin)"),
        (["--scheme", "v*", "--scheme", "j"], "unknown scheme 'j' (known here: visa, jcb)"),
        (["-k", "amex"], "no cell matches -k 'amex'"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_selection_that_selects_nothing(shop: Any, arguments: list[str], message: str) -> None:
    """What there is, is listed."""
    shop.driver()

    result = shop.paypact("run", "tests", *arguments)

    assert (result.code, result.out, result.err) == (2, "", f"paypact: {message}\n")


@pytest.mark.parametrize("how", ["closed itself", "in a closed folder"])
def test_what_cannot_be_read_or_written(shop: Any, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """What is closed to us says so before anything runs."""

    def refuse(*given: Any, **named: Any) -> bool:
        raise PermissionError(13, "Permission denied")

    shop.file("closed/x.py", "")
    if how == "closed itself":
        monkeypatch.setattr(os, "access", lambda *given: False)
    else:
        monkeypatch.setattr(Path, "exists", refuse)
        monkeypatch.setattr(Path, "is_dir", refuse)

    read = shop.paypact("run", "closed")
    written = shop.paypact("run", "--json", "closed/x.json")
    monkeypatch.undo()

    assert read.err == "paypact: closed cannot be read: permission denied. Make it readable, or name another path\n"
    assert written.err == (
        "paypact: the result cannot be written to closed/x.json: permission denied. Name a file you may write\n"
    )


@pytest.mark.parametrize(
    ("end", "message"),
    [
        ("mistake", "driver ShopTin: start raised ValueError: no database at settings.py:3 in connect. Fix it"),
        ("live", "a live-looking key was sent"),
    ],
)
def test_a_mistake_met_on_the_way(shop: Any, end: str, message: str) -> None:
    """A driver that cannot be started, or a live key, is the verdict of the run."""
    shop.driver(jcb=end, visa=end)

    result = shop.paypact("run", "tests", "-n", "0", "-q")

    assert result.code == 2
    assert result.out.splitlines()[0] == f" {message}"


def test_an_interrupted_run(shop: Any) -> None:
    """What was found until then is shown, and nothing is claimed about the rest."""
    shop.driver(visa="crash", jcb="interrupt")

    result = shop.paypact("run", "tests", "-n", "0")

    assert result.code == 2
    assert " CRASH  cards[shop-tin-visa]" in result.out
    assert result.out.splitlines()[-2] == " interrupted after 1 of 3 cells"


def test_a_live_key_in_the_environment(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stops the run before anything is tried, unless the settings say that it may stand there."""
    shop.driver()
    monkeypatch.setenv("TIN_KEY", "live_" + "0123456789")

    refused = shop.paypact("run", "tests", "-n", "0", "-q")
    shop.file("pyproject.toml", "[tool.paypact]\nallow-live-env = true\n")
    allowed = shop.paypact("run", "tests", "-n", "0", "-q")

    assert (refused.code, allowed.code) == (2, 0)
    assert " ".join(refused.out.split()).startswith(
        "environment variable TIN_KEY holds a live-looking key, live_…6789: unset it for this run; "
        "or, if it must stay, write allow-live-env = true under [tool.paypact] profile pr, exit code 2"
    )


def test_a_fixture_that_fails(shop: Any) -> None:
    """The shop's own fixture is named, with its line."""
    shop.driver()
    shop.file(
        "tests/conftest.py", "import pytest\n@pytest.fixture(autouse=True)\ndef db():\n    raise ValueError('no db')"
    )

    result = shop.paypact("run", "tests", "-q", "-n", "0")

    assert result.code == 2
    assert " ".join(result.out.split()).startswith(
        "tests/test_payments.py::ShopTin::cards[visa]: its setup by the test suite's own fixtures raised "
        "ValueError: no db (tests/conftest.py:4) (and 2 more)"
    )


def test_an_sdk_that_is_missing(empty_shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any vendor's SDK the extras are named that install what the bundled integrations import."""
    for name in gateways.names():
        for package in gateways.load(name).facts.gateway.sdk:
            monkeypatch.setitem(sys.modules, package, None)
        monkeypatch.delitem(sys.modules, f"paypact.gateways.{name}.integration", raising=False)
    ways = " or ".join(f"'paypact[{name}]'" for name in gateways.names())

    result = empty_shop.paypact("run")

    assert (result.code, result.out) == (2, "")
    said = "paypact: no bundled integration can be run: no vendor's SDK is installed: pip install "
    assert result.err == f"{said}{ways}\n"


def test_the_bundled_integrations_keep_their_promises(empty_shop: Any) -> None:
    """Without a path the reference integrations run, whatever lies in the folder."""
    pytest.importorskip("stripe")
    empty_shop.file("conftest.py", "raise RuntimeError('of another project')")
    empty_shop.file("pytest.ini", "[pytest]\naddopts = --nonsense\n")

    result = empty_shop.command("run", "--profile", "quick", "--promise", "card-types", "--scheme", "jcb")

    assert result.code == 0
    assert re.search(r" (1 cell kept its promise|\d+ cells kept their promise)", result.out)


def test_demo_replays_the_outage(empty_shop: Any) -> None:
    """The story, the finding with card, cause, line and exchanges, and a command that shows it again; exit code 1."""
    pytest.importorskip("stripe")

    result = empty_shop.command("demo", "--html", "report.html")
    replay = re.search(r"paypact replay '(.+)'\n", result.out)

    assert result.code == 1
    assert replay
    for words in (
        "CRASH",
        "your line",
        "exchanges",
        "booked",
        "cause         the integration: your code has to change",
    ):
        assert words in result.out
    assert "KeyError: &#39;unionpay&#39;" in (empty_shop.pytester.path / "report.html").read_text("utf-8")
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    shown = readme.partition("```text\n")[2].partition("```")[0].splitlines()
    assert [
        line for line in shown if not re.search(r"/|pi_|pm_|fingerprint|\[\.\.\.\]", line) and line not in result.out
    ] == []
    again = empty_shop.command("replay", replay[1])
    assert again.code == 1
    assert "is still broken by this case" in again.out


def test_replay(shop: Any) -> None:
    """One case of one cell: 1 while it breaks, 0 once it is kept."""
    shop.driver(jcb="crash")

    broken = shop.paypact("replay", "tests/test_payments.py::cards[shop-tin-jcb]{}")
    kept = shop.paypact("replay", "tests/test_payments.py::cards[shop-tin-visa]")
    gap = shop.paypact("replay", "tests/test_payments.py::refunds[shop-tin-all]")

    assert (broken.code, broken.out) == (1, said("replay-broken"))
    assert (kept.code, kept.out) == (0, "replayed: cards[shop-tin-visa] keeps its promise in this case\n")
    assert gap.code == 2


HELP = (
    "write it as a finding prints it: 'FILE::promise[integration-key]{case}', or the file under .paypact/ that it names"
)


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("tests/test_payments.py", f"cannot read 'tests/test_payments.py'; {HELP}"),
        (
            "tests/test_payments.py::card[shop-tin-jcb]",
            "unknown promise 'card'; did you mean 'cards'? (known here: cards, refunds)",
        ),
        ("tests/test_payments.py::cards[shop-jcb]", "no integration here begins 'shop-jcb' (known here: shop-tin)"),
        (
            "tests/test_payments.py::cards[shop-tin-jbc]",
            "unknown cell 'jbc'; did you mean 'jcb'? (known here: visa, jcb)",
        ),
        ("case.json", f"case.json cannot be read: No such file or directory; {HELP}"),
    ],
    ids=["no cell", "promise", "integration", "cell", "file"],
)
def test_a_replay_of_what_is_not_there(shop: Any, case: str, message: str) -> None:
    """Names that nobody knows are answered with those there are."""
    shop.driver()

    assert shop.paypact("replay", case).err == f"paypact: replay: {message}\n"


REAL = """
from paypact import Approved, Driver


class ShopTin(Driver, gateway="tin"):
    def sale(self, payment):
        return Approved("p1")
"""


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ('{"colour":"red"}', "replay: unknown axis 'colour' (known here: "),
        ('{"answer":"aprove"}', "replay: answer='aprove' is unknown; did you mean 'approve'? (known here: "),
        ('{"schema":2}', "replay: the case has schema 2, this paypact reads 1: upgrade paypact to replay it"),
    ],
    ids=["axis", "value", "schema"],
)
def test_a_case_that_is_not_known(empty_shop: Any, case: str, message: str) -> None:
    """The true promises answer for their own axes."""
    empty_shop.file("conftest.py", TIN)
    empty_shop.file("tests/test_payments.py", REAL)

    result = empty_shop.paypact("replay", f"tests/test_payments.py::card-types[shop-tin-visa]{case}")

    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"paypact: {message}")
    assert result.err.count("\n") == 1


FLAWED = """
from tin import flawed


class ShopTin(flawed.CrashesOnBrand, gateway="tin"):
    pass
"""


def test_a_finding_of_workers_replays(empty_shop: Any) -> None:
    """What a shared run found breaks again in one process, also after a file that has nothing to do with it changed."""
    empty_shop.file("conftest.py", TIN)
    empty_shop.file("tests/test_payments.py", FLAWED)
    run = ("run", "tests", "--profile", "quick", "--promise", "card-types", "--scheme", "jcb", "--scheme", "visa")

    found = empty_shop.command(*run, "-n", "2")
    (command,) = set(re.findall(r"paypact replay '(.+)'", found.out))
    empty_shop.file("tests/notes.py", "x = 1")
    again = empty_shop.command("replay", command)

    assert (found.code, again.code) == (1, 1)
    for line in (
        " CRASH  card-types[shop-tin-jcb]",
        " sale crashed with KeyError: 'JCB'; the card was charged 10.90 EUR",
    ):
        assert line in found.out
        assert line in again.out


TRACE = """Traceback (most recent call last):
  File "/app/shop/payments.py", line 44, in label
    return RECEIPT[brand]
KeyError: '{word}'
"""


def test_explain_a_stack_trace(shop: Any) -> None:
    """The findings in the same place, with command, owner and the vendor's contact; 1 where nothing matches."""
    shop.driver(jcb="crash")
    shop.file("pyproject.toml", '[tool.paypact]\nowners = {"shop/*" = "@payments"}\ncontacts = {tin = "ask Jo"}\n')
    shop.file("trace.txt", TRACE.format(word="JCB"))
    shop.file("other.txt", TRACE.format(word="x").replace("label", "other").replace("payments", "basket"))
    shop.paypact("run", "tests", "-n", "0", "-q", "--json", "result.json")

    told = shop.paypact("explain", "trace.txt", "--result", "result.json")
    ran = shop.paypact("explain", "trace.txt", "tests")
    nothing = shop.paypact("explain", "other.txt", "--result", "result.json")

    assert (told.code, told.out) == (0, said("explain-trace"))
    assert ran.out == told.out
    assert nothing.code == 1
    assert " no finding of this result has to do with that code\n" in nothing.out


def test_explain_a_fingerprint(shop: Any) -> None:
    """The whole finding, and whom to ask; an unknown one lists those there are."""
    shop.driver(jcb="crash")
    shop.paypact("run", "tests", "-n", "0", "-q", "--json", "result.json")

    told = shop.paypact("explain", "0123456789ab", "--result", "result.json")
    unknown = shop.paypact("explain", "ba9876543210", "--result", "result.json")

    assert told.code == 0
    assert "  CRASH  cards[shop-tin-jcb]\n" in told.out
    assert " owner         nobody: name one in [tool.paypact.owners] or CODEOWNERS\n" in told.out
    assert (unknown.code, unknown.err) == (
        2,
        (
            "paypact: no finding here has the fingerprint ba9876543210 (here: 0123456789ab). "
            "Name the result that has it with --result FILE\n"
        ),
    )


def git(folder: Path, *arguments: str) -> str:
    """Run git in a repository of a test, whoever the machine's user is."""
    who = ("-c", "user.name=Test", "-c", "user.email=test@shop.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_bisect_finds_the_commit(shop: Any) -> None:
    """A replay judges each revision; one on which nothing can be said is skipped."""
    folder = shop.pytester.path
    shop.driver()
    git(folder, "init", "-q", "-b", "main")
    for step in ("sound", "broken at import", "sound again", "JCB crashes", "a note", "another note"):
        shop.driver(**({"jcb": "crash"} if step not in ("sound", "broken at import", "sound again") else {}))
        if step == "broken at import":
            shop.file("tests/test_payments.py", "import nowhere\nfrom paypact import Driver\n")
        shop.file("notes.txt", step)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", step)
    git(folder, "bisect", "start", "HEAD", "HEAD~5")
    replay = "tests/test_payments.py::cards[shop-tin-jcb]{}"

    found = git(folder, "bisect", "run", sys.executable, "-m", "paypact", "replay", "--bisect", replay)

    assert "is the first bad commit" in found
    assert "    JCB crashes\n" in found


@pytest.mark.parametrize(("ends", "code"), [({"jcb": "gap"}, 125), ({"jcb": "crash"}, 1), ({}, 0)])
def test_what_bisect_is_told(shop: Any, ends: dict[str, str], code: int) -> None:
    """125 where nothing can be said, which git skips."""
    shop.driver(**ends)

    assert shop.paypact("replay", "--bisect", "tests/test_payments.py::cards[shop-tin-jcb]").code == code
    assert shop.paypact("replay", "--bisect", "tests/test_payments.py::cards[shop-tin-elo]").code == 125


def test_list(shop: Any) -> None:
    """What is offered, what that covers and what not, and what is not simulated."""
    shop.driver()

    result = shop.paypact("list", "tests")

    assert result.code == 0
    for line in (
        " shop-tin\n gateway       tin\n driver        ShopTin in tests/test_payments.py\n offers        sale\n",
        " cards         2 cells: visa jcb\n refunds       not covered: define refund to have it tried\n",
        " accepted      visa",
        " gateway tin\n",
    ):
        assert line in result.out


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` names the version; no command at all shows what there is."""
    assert call(["--version"]) == 0
    assert re.fullmatch(r"paypact \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)
    assert call([]) == 2
    assert "Commands:" in capsys.readouterr().out


def test_a_defect_of_ours(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception of paypact's own is one message too."""

    def broken(*given: Any, **named: Any) -> None:
        raise KeyError("x")

    monkeypatch.setattr("paypact.discovery.places", broken)

    result = shop.paypact("run")

    assert result.code == 2
    assert re.fullmatch(
        r"paypact: a defect of paypact itself: KeyError: 'x' \(test_cli\.py:\d+\)\. "
        r"Please report it; PAYPACT_DEBUG=1 shows the traceback\n",
        result.err,
    )
