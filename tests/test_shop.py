"""A shop's own repository, with the true promises: its settings and fixtures, its plain tests, one verdict a commit."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

TOY = Path(__file__).parent / "toy"

CONFTEST = f"""
import sys

sys.path.insert(0, {str(TOY)!r})

import pytest
from paypact import gateways
from shop.conf import settings

gateways.forget()
settings.configure(DATABASE="test", TIN_URL="https://unused.example")

CELLS = []


@pytest.fixture(autouse=True)
def transaction(request):
    assert settings.DATABASE == "test"
    CELLS.append(request.node.name)
    yield


def pytest_sessionfinish():
    with open("set-up.txt", "w") as file:
        file.write("\\n".join(CELLS))
"""
CONF = """
class Settings:
    \"\"\"Set once, like those of a web framework; what is read before is a mistake.\"\"\"

    def __init__(self):
        self._values = {}

    def configure(self, **values):
        if self._values:
            raise RuntimeError("settings are configured already")
        self._values.update(values)

    def __getattr__(self, name):
        if not self._values:
            raise RuntimeError("settings are not configured")
        return self._values[name]


settings = Settings()
"""
PAYMENTS = """
from shop.conf import settings
from tin import flawed, integration

DATABASE = settings.DATABASE  # read when it is imported, as models do


class Sound(integration.TinShop):
    pass


class Brands(flawed.CrashesOnBrand):
    pass
"""
TESTS = """
from shop import payments


class ShopTin(payments.{integration}, gateway="tin"):
    \"\"\"Our checkout.\"\"\"


def test_prices():
    assert 1090 == 1090
"""
FAST = ("--promise", "card-types", "--scheme", "jcb", "--scheme", "amex", "--profile", "quick")
PLAIN = ("-p", "no:cacheprovider", "--paypact-promise=card-types", "--paypact-scheme=jcb", "--paypact-scheme=amex")


def repository(shop: Any, integration: str = "Brands", driver: str = "tests/test_payments.py") -> None:
    """Write the shop: settings that are configured once, in a conftest.py; code that reads them when imported."""
    shop.file("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["."]\ntestpaths = ["tests"]\n')
    shop.file("shop/__init__.py", "")
    shop.file("shop/conf.py", CONF)
    shop.file("shop/payments.py", PAYMENTS)
    shop.file("tests/conftest.py", CONFTEST)
    shop.file(driver, TESTS.format(integration=integration))


def test_plain_pytest_runs_the_promises(empty_shop: Any) -> None:
    """Cells stand beside the shop's tests, its fixtures are set up for each, and a broken promise fails its cell."""
    repository(empty_shop)

    result = empty_shop.pytester.runpytest_subprocess(*PLAIN)

    assert result.parseoutcomes() == {"passed": 2, "failed": 1}
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "*ShopTin.card-types[[]jcb]*",
            "  CRASH  card-types[[]shop-tin-jcb]",
            " sale crashed with KeyError: 'JCB'; the card was charged 10.90 EUR",
            "FAILED tests/test_payments.py::ShopTin::card-types[[]jcb] - crash: sale crashed with*",
        ]
    )
    assert (empty_shop.pytester.path / "set-up.txt").read_text().splitlines() == [
        "card-types[amex]",
        "card-types[jcb]",
        "test_prices",
    ]


def test_sound_code_passes(empty_shop: Any) -> None:
    """The same repository with the bug mended is green."""
    repository(empty_shop, "Sound")

    result = empty_shop.pytester.runpytest_subprocess(*PLAIN)

    assert (result.parseoutcomes(), result.ret) == ({"passed": 3}, 0)


def test_without_a_driver_its_run_is_unchanged(empty_shop: Any) -> None:
    """The driver taken out, the run says the same with and without paypact."""
    repository(empty_shop)
    empty_shop.file("tests/test_payments.py", "def test_prices():\n    assert 1090 == 1090\n")

    def run(*arguments: str) -> list[str]:
        result = empty_shop.pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)
        return [
            re.sub(r"in \d+\.\d+s.*", "", line).strip("= ")
            for line in result.outlines
            if not line.startswith("plugins:")
        ]

    lines = run()

    assert lines == run("-p", "no:paypact")
    assert any("1 passed" in line for line in lines)


def judged(path: Path) -> dict[str, Any]:
    """What a run says of each cell, without what may differ: seconds, and the names of orders in transcripts."""
    cells = json.loads(path.read_text())["cells"]
    for cell in cells:
        cell.pop("seconds", None)
        for finding in cell.get("findings", ()):
            del finding["exchanges"]
    return {f"{cell['promise']}[{cell['integration']}-{cell['cell']}]": cell for cell in cells}


def test_one_commit_has_one_verdict(empty_shop: Any) -> None:
    """Cells come to the same whatever the number of processes, the order of files, and what else is selected."""
    repository(empty_shop)
    empty_shop.file("tests/test_kiosk.py", TESTS.format(integration="Sound").replace("ShopTin", "Kiosk"))
    both = ("tests/test_payments.py", "tests/test_kiosk.py")
    runs = {
        "alone": (*both, "-n", "0"),
        "shared": (*both, "-n", "2"),
        "backwards": (*reversed(both), "-n", "0"),
        "one": ("tests/test_payments.py", "-k", "jcb", "-n", "0"),
    }
    found, codes = {}, {}
    for name, arguments in runs.items():
        done = empty_shop.command("run", *arguments, *FAST, "-q", "--json", f"{name}.json")
        found[name], codes[name] = judged(empty_shop.pytester.path / f"{name}.json"), done.code

    assert set(codes.values()) == {1}
    assert found["shared"] == found["alone"]
    assert found["backwards"] == found["alone"]
    assert list(found["one"]) == ["card-types[shop-tin-jcb]"]
    assert found["one"]["card-types[shop-tin-jcb]"] == found["alone"]["card-types[shop-tin-jcb]"]
    assert len(found["alone"]) == 4


def test_a_finding_replays_after_an_edit_elsewhere(empty_shop: Any) -> None:
    """What two processes found breaks again in one, also where lines have moved and other files changed."""
    repository(empty_shop)
    found = empty_shop.command("run", "tests", *FAST, "-n", "2")
    (command,) = set(re.findall(r"paypact replay '(.+)'", found.out))
    empty_shop.file("shop/basket.py", "TOTAL = 3\n")
    empty_shop.file("shop/payments.py", f"# a new line\n{PAYMENTS}")

    again = empty_shop.command("replay", command)
    repository(empty_shop, "Sound")
    mended = empty_shop.command("replay", command)

    marks = [set(re.findall(r"fingerprint +([0-9a-f]{12})", each.out)) for each in (found, again)]
    assert marks[0] == marks[1] != set()
    assert (found.code, again.code, mended.code) == (1, 1, 0)
