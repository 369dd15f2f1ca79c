"""`paypact init`: a driver to fill in that says what is missing, and nothing overwritten."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from paypact import cli

SAID = "driver ShopStripe: not implemented: sale (tests/test_payments.py:{line}). Call your own payment code there"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_driver_names_the_line_to_fill(capsys: pytest.CaptureFixture[str]) -> None:
    """What is written compiles, is found, and ends with exit code 2 and the line where the shop's code belongs."""
    assert cli.call(["init", "stripe"]) == 0
    written = Path("tests/test_payments.py").read_text("utf-8")
    line = written.splitlines().index('        raise NotImplementedError("sale")') + 1
    ast.parse(written)
    capsys.readouterr()

    code = cli.call(["run", "tests/test_payments.py", "--promise", "card-types", "--scheme", "visa", "-n", "0"])

    said = " ".join(capsys.readouterr().out.split())
    assert code == 2
    assert SAID.format(line=line) in said


def test_the_workflow_runs_that_driver() -> None:
    """The workflow calls paypact on the file that was written, on each pull request."""
    cli.call(["init", "stripe"])
    workflow = Path(".github/workflows/payments.yml").read_text("utf-8")

    assert "on: pull_request" in workflow
    assert "paypact run tests/test_payments.py --html paypact.html --json paypact.json" in workflow


def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    """Where one of the files exists, none is written."""
    Path("tests").mkdir()
    Path("tests/test_payments.py").write_text("mine\n")

    assert cli.call(["init", "stripe"]) == 2
    assert Path("tests/test_payments.py").read_text() == "mine\n"
    assert not Path(".github").exists()
    assert capsys.readouterr().err == (
        "paypact: init: tests/test_payments.py exists already, and nothing was written: "
        "move it away, or add to it by hand\n"
    )


def test_a_folder_that_cannot_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    """Where a file is in a folder's place, the message says which, and neither of the two files is written."""
    Path(".github").write_text("mine")

    assert cli.call(["init", "stripe"]) == 2
    assert not list(Path().rglob("*.py"))
    assert capsys.readouterr().err == (
        "paypact: folder .github/workflows cannot be made: Not a directory. Move away what is in its place\n"
    )


def test_an_unknown_gateway_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The nearest name is offered, and nothing is written."""
    assert cli.call(["init", "strip"]) == 2
    assert capsys.readouterr().err.startswith("paypact: unknown gateway 'strip'; did you mean 'stripe'?")
    assert not Path("tests").exists()
