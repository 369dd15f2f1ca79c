"""Evidence for a vendor: whole, without a secret, and true when its calls are made again."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from paypact import flawed
from paypact.aid import evidence
from paypact.cli import call
from paypact.commands.serve import Wanted, running
from paypact.errors import UsageError
from paypact.testkit import leaks

pytest.importorskip("stripe")

FLAW = flawed.manifest().named(flawed.manifest().demo.flaw)
CASE = f"{FLAW.path}::card-types[brand-names-unionpay]"
FILES = ["README.md", "documentation.md", "finding.json", "reproduce.sh", "transcript.md"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evidence of the demo's outage."""
    target = tmp_path_factory.mktemp("evidence") / "to-vendor"
    assert call(["evidence", CASE, "--to", str(target)]) == 0
    return target


def test_what_the_vendor_gets(folder: Path) -> None:
    """What broke and who must act, the exchanges with what each booked, the documentation with its source."""
    read = {file.name: file.read_text("utf-8") for file in folder.iterdir()}

    assert sorted(read) == FILES
    for name, words in {
        "README.md": (
            "# sale crashed with KeyError: 'unionpay'; the card was charged 10.90 USD",
            "- Who has to change something: the integration",
            "client: stripe ",
            "- The shopper paid: 10.90 USD, the price of the order",
        ),
        "transcript.md": (
            "## 1. sale: POST https://api.stripe.com/v1/payment_intents",
            "Booked: open, present, approve",
        ),
        "documentation.md": ("Cards of unionpay are accepted; its word for the brand is 'unionpay'", "  Source: SDK"),
        "finding.json": ('"promise": "card-types"',),
    }.items():
        for word in words:
            assert word in read[name], name


def test_nothing_of_the_shop_is_in_it(folder: Path) -> None:
    """No key, no card of the run, no line of the team's code."""
    text = "\n".join(file.read_text("utf-8") for file in folder.iterdir())
    finding = json.loads((folder / "finding.json").read_text("utf-8"))

    assert "sk_test_" not in text
    assert "whsec_" not in text
    assert FLAW.path.name not in text
    assert "stack" not in finding
    assert "code" not in finding.get("line", {})
    assert all("line" not in exchange for exchange in finding["exchanges"])


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_calls_are_made_again(folder: Path) -> None:
    """Against the served simulator, with a published card, the replies are those that the code stumbled over."""
    with running(Wanted(gateways=["stripe"]), lambda line: None) as served:
        done = [
            subprocess.run(
                ["sh", str(folder / "reproduce.sh")],
                env={"URL": served[0].url, "PATH": "/usr/bin:/bin"},
                capture_output=True,
                text=True,
                check=False,
            )
            for _ in range(2)
        ]

    for each in done:
        replies = [json.loads(line) for line in each.stdout.splitlines()]
        assert (each.returncode, each.stderr) == (0, "")
        assert not [reply for reply in replies if "error" in reply]
        assert replies[0]["status"] == "succeeded"
        assert replies[1]["latest_charge"]["payment_method_details"]["card"]["brand"] == "unionpay"
    assert json.loads(done[0].stdout.splitlines()[0])["id"] != json.loads(done[1].stdout.splitlines()[0])["id"]


def test_a_zip_is_the_same_each_time(tmp_path: Path) -> None:
    """The same evidence has the same bytes, and nothing else is left beside it."""
    for name in ("a", "b"):
        evidence.write({"README.md": "# x\n", "transcript.md": "y"}, tmp_path / name / "case.zip")

    first, second = (tmp_path / "a" / "case.zip", tmp_path / "b" / "case.zip")
    assert zipfile.ZipFile(first).namelist() == ["case/README.md", "case/transcript.md"]
    assert first.read_bytes() == second.read_bytes()
    assert [each.name for each in (tmp_path / "a").iterdir()] == ["case.zip"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """What is there stays as it is."""
    (tmp_path / "case").mkdir()

    with pytest.raises(UsageError) as refused:
        evidence.write({"README.md": "x"}, tmp_path / "case")

    assert str(refused.value) == (
        f"evidence: {tmp_path / 'case'} is there already, and nothing was written: name another with --to"
    )
    assert list((tmp_path / "case").iterdir()) == []


def test_half_of_it_is_never_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing fails, nothing is left."""

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("paypact.aid.evidence.os.replace", full)

    with pytest.raises(UsageError, match="cannot be written: No space left on device"):
        evidence.write({"README.md": "x"}, tmp_path / "case")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (
            "card-types[stripe-jbc]",
            (
                "evidence: there is no cell 'card-types[stripe-jbc]' in the result (with findings: none). "
                "Name a cell, a fingerprint, or a case as a finding prints it"
            ),
        ),
        (
            "card-types[stripe-jcb]",
            "evidence: card-types[stripe-jcb] has no finding (kept), so there is nothing to show",
        ),
    ],
)
def test_what_has_no_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str, message: str
) -> None:
    """What was kept, or is not there, is said."""
    monkeypatch.chdir(tmp_path)
    call(
        [
            "run",
            "-q",
            "-n",
            "0",
            "--profile",
            "quick",
            "--promise",
            "card-types",
            "--scheme",
            "jcb",
            "--integration",
            "stripe",
            "--json",
            "r.json",
        ]
    )
    capsys.readouterr()

    assert call(["evidence", what, "--result", "r.json"]) == 2
    assert capsys.readouterr().err == f"paypact: {message}\n"
    assert [each.name for each in tmp_path.iterdir()] == ["r.json"]


def test_a_secret_stops_it(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where redaction has failed, nothing is handed out."""
    monkeypatch.setattr("paypact.aid.evidence.leaks.find", lambda text, secrets: [leaks.Shown(leaks.KEY, 0, 4)])
    target = folder.parent / "leaky"

    assert call(["evidence", CASE, "--to", str(target)]) == 2
    assert capsys.readouterr().err == (
        "paypact: evidence: README.md would show a secret key, so nothing was written. Please report it: "
        "it is a defect of paypact's redaction\n"
    )
    assert not target.exists()
