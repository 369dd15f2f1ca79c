"""`paypact needs`, `paypact contract write` and `check`, as a user types them, on the toy gateway's reference."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paypact.cli import call

SHOP = "tin.integration:TinShop"
FILE = Path("contracts/tin/tin-shop.json")


@pytest.fixture(autouse=True)
def _here(plain_tin: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_needs(capsys: pytest.CaptureFixture[str]) -> None:
    """Each reply is shown with its needs, and how many fields nobody missed; the file has the same as JSON."""
    assert call(["needs", SHOP, "--json", "needs.json"]) == 0

    lines = capsys.readouterr().out.splitlines()
    sale = lines.index(" sale (approve)  POST /charges 200")
    assert lines[sale + 1 : sale + 3] == [
        "   id      its value is handed on",
        "           without it: sale crashes with KeyError: 'id'",
    ]
    (found,) = json.loads(Path("needs.json").read_text("utf-8"))["integrations"]
    assert (found["integration"], found["gateway"]) == ("tin-shop", "tin")
    assert found["replies"][0]["operation"] == "sale"


def test_needs_in_the_result_of_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    """`run --needs` puts them beside the cells, as `needs --json` writes them; without a file they would be lost."""
    run = ["run", SHOP, "--promise", "answers", "--profile", "quick", "-n", "0", "-q", "--needs"]
    assert call([*run, "--json", "result.json"]) in (0, 1)
    assert call(["needs", SHOP, "--json", "needs.json"]) == 0
    result = json.loads(Path("result.json").read_text("utf-8"))
    (mine,) = result["needs"]
    (alone,) = json.loads(Path("needs.json").read_text("utf-8"))["integrations"]
    assert result["cells"]
    assert {**mine, "seconds": 0} == {**alone, "seconds": 0}

    capsys.readouterr()
    assert call(run) == 2
    assert capsys.readouterr().err == (
        "paypact: --needs goes into the files of --json and --html, and none was named: paypact needs prints them\n"
    )


def test_write_then_check(capsys: pytest.CaptureFixture[str]) -> None:
    """What was written is what the code needs, and writing it again changes nothing."""
    assert call(["contract", "write", SHOP]) == 0
    first = FILE.read_bytes()
    assert call(["contract", "write", SHOP]) == 0
    assert FILE.read_bytes() == first
    assert call(["contract", "check", SHOP]) == 0

    said = [line for line in capsys.readouterr().out.splitlines() if "tin-shop.json" in line]
    assert [line.partition(":")[0] for line in said] == [
        " contracts/tin/tin-shop.json written",
        " contracts/tin/tin-shop.json is as it was",
        " contracts/tin/tin-shop.json is what tin-shop needs",
    ]


def test_check_tells_what_differs(capsys: pytest.CaptureFixture[str]) -> None:
    """A committed file that says something else is exit code 1, with the difference in words; so is a missing one."""
    assert call(["contract", "check", SHOP]) == 1
    assert capsys.readouterr().out == " contracts/tin/tin-shop.json is missing: paypact contract write\n"

    assert call(["contract", "write", SHOP]) == 0
    capsys.readouterr()
    document = json.loads(FILE.read_bytes())
    document["interactions"][0]["response"]["status"] = 201
    FILE.write_text(json.dumps(document), "utf-8")

    assert call(["contract", "check", SHOP]) == 1
    assert capsys.readouterr().out.splitlines() == [
        " contracts/tin/tin-shop.json is not what tin-shop needs today:",
        "   ~ sale (approve): POST /charges",
        "       response.status: 200, in the file 201",
        " look at the differences, then: paypact contract write",
    ]


def test_check_of_a_file_that_is_cut_off(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be read is exit code 2, and it is left as it is."""
    FILE.parent.mkdir(parents=True)
    FILE.write_text('{"consumer": {"na', "utf-8")

    assert call(["contract", "check", SHOP]) == 2
    assert capsys.readouterr().err.startswith("paypact: contract contracts/tin/tin-shop.json ")
    assert FILE.read_text("utf-8") == '{"consumer": {"na'


def test_a_name_that_no_integration_has(capsys: pytest.CaptureFixture[str]) -> None:
    """What `--integration` does not match is told with what there is."""
    assert call(["needs", SHOP, "--integration", "zinc*"]) == 2
    assert capsys.readouterr().err == "paypact: unknown integration 'zinc*' (known here: tin-shop)\n"


def test_a_folder_that_cannot_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is played where nothing could be written."""
    Path("contracts").write_text("a file", "utf-8")

    assert call(["contract", "write", SHOP]) == 2
    assert capsys.readouterr().err == (
        "paypact: folder contracts/tin cannot be made: Not a directory. Name another with --out\n"
    )


TWO = """
import os

from paypact import Approved, Driver
from tin.integration import TinShop


class First(TinShop, gateway="tin", name="first"):
    pass


class Second(TinShop, gateway="tin", name="second"):
    def sale(self, payment):
        {second}
"""


def two(second: str) -> str:
    """A file with two drivers, and what the second does when it sells."""
    Path("two.py").write_text(TWO.format(second=second), "utf-8")
    return "two.py"


def test_a_folder_in_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    """Where a folder has the contract's name, both commands say so before any work is done."""
    FILE.mkdir(parents=True)
    told = []
    for command in ("check", "write"):
        assert call(["contract", command, SHOP]) == 2
        told.append(capsys.readouterr().err)

    assert told == [
        f"paypact: contract {FILE} cannot be read: Is a directory. Name another folder with --out\n",
        f"paypact: the result cannot be written to {FILE}: it is a folder. Name a file in it\n",
    ]


def test_several_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Studied in two processes or in this one, integrations have the same contracts, told in the same order."""
    shop = two("return super().sale(payment)")
    names = [Path("contracts/tin") / name for name in ("first.json", "second.json")]
    for workers in ("2", "0"):
        assert call(["contract", "write", shop, "-n", workers, "--out", f"{workers}/contracts"]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if " written" in line]

    assert [line.partition(" written")[0] for line in told] == [f" {n}/{name}" for n in "20" for name in names]
    assert all(("2" / name).read_bytes() == ("0" / name).read_bytes() for name in names)


def test_one_of_several_is_no_good(capsys: pytest.CaptureFixture[str]) -> None:
    """The error of one is told as from this process, after what came before it; its contract is not written."""
    shop = two("return Approved(payment)\n\n    def __init__(self, gateway):\n        raise OSError('no database')")
    told = []
    for workers in ("2", "0"):
        assert call(["contract", "write", shop, "-n", workers, "--out", workers]) == 2
        told.append(capsys.readouterr().err)
        assert [file.name for file in Path(workers).rglob("*.json")] == ["first.json"]

    assert told[0] == told[1]
    assert "no database" in told[0]


def test_a_process_that_dies(capsys: pytest.CaptureFixture[str]) -> None:
    """A driver that takes its process with it is told as what it is, with the way out."""
    assert call(["needs", two("os._exit(7)"), "-n", "2"]) == 2
    assert capsys.readouterr().err in [
        f"paypact: a process that studied integrations died before {name!r} was done, as by a crash in native code or "
        "for want of memory: -n 0 studies them in this process, one by one\n"
        for name in ("first", "second")  # the first may be under way when the second brings all processes down
    ]
