"""Studies: what is found of an integration is the same, however many processes share the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from paypact import Driver, Notification, Order, Outcome, Payment
from paypact.cli import call
from paypact.contract import needs
from paypact.contract.needs import Study, findings, stories, study
from paypact.contract.pact import Writer
from paypact.testkit.target import Target, targets


@pytest.fixture
def asking(plain_tin: None) -> Target:
    """A shop that sells and authorizes, and asks Tin when a webhook comes."""
    from tin.orders import SwallowsTrouble

    class Asking(Driver, gateway="tin", name="asking"):
        def __init__(self, gateway: Any) -> None:
            self.inner = SwallowsTrouble(gateway)

        def sale(self, payment: Payment) -> Outcome:
            return self.inner.sale(payment)

        def authorize(self, payment: Payment) -> Outcome:
            return self.inner.authorize(payment)

        def capture(self, transaction: str) -> Outcome:
            return self.inner.capture(transaction)

        def void(self, transaction: str) -> Outcome:
            return self.inner.void(transaction)

        def receive(self, notification: Notification) -> int:
            return self.inner.receive(notification)

        def order(self, reference: str) -> Order:
            return self.inner.order(reference)

    return targets(Asking)[0]


def known(found: Study) -> tuple[object, ...]:
    """The needs, without the time that it took to find them, and the contract."""
    result = found.result()
    return result.replies, result.notes, Writer(found).bytes()


def test_shares_come_to_the_same(asking: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some shares are done here and the others elsewhere, or all in one process: the needs and the contract are one."""
    monkeypatch.setattr(needs, "FEWEST", 3)
    assert needs.shares(asking) == 3

    alone = study(asking)
    assert {(each.operation, each.status > 0) for each in alone.result().replies} >= {
        *(("sale", True), ("authorize", True), ("capture", True), ("void", True)),
        *(("receive", True), ("receive", False)),  # what was asked, and webhooks
    }
    assert known(study(asking, [2], [findings(asking, [1]), findings(asking, [0])])) == known(alone)


def test_stories(asking: Target) -> None:
    """What the shop goes on to do with the same reply is one story, which no two shares have parts of."""
    told = [[(each.case.operation, each.case.answer, each.following) for each in story] for story in stories(asking)]

    assert [story for story in told if len(story) > 1] == [
        [("authorize", "approve", "capture"), ("authorize", "approve", "void")],
    ]


def test_one_integration_in_several_processes(tmp_path: Path) -> None:
    """Shared by two processes or studied in this one, a bundled integration that keeps orders has the same needs."""
    pytest.importorskip("Adyen")
    told = []
    for workers in ("2", "0"):
        file = tmp_path / f"{workers}.json"
        assert call(["needs", "--integration", "adyen.orders", "-q", "-n", workers, "--json", str(file)]) == 0
        told.append(json.loads(file.read_text("utf-8")))

    assert all(result["integrations"][0].pop("seconds") > 0 for result in told)
    assert told[0] == told[1]


HELPLESS = """
import multiprocessing
import os

from tin.integration import TinShop


class Helpless(TinShop, gateway="tin", name="helpless"):
    def sale(self, payment):
        return super().sale(payment) if multiprocessing.parent_process() is None else os._exit(7)
"""


def test_a_helper_that_dies(
    plain_tin: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a process dies that does a share of the work, nothing is told of the integration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(needs, "FEWEST", 4)
    Path("helpless.py").write_text(HELPLESS, "utf-8")

    assert call(["needs", "helpless.py", "-n", "2", "--json", "needs.json"]) == 2
    assert capsys.readouterr().err == (
        "paypact: a process that studied integrations died before 'helpless' was done, as by a crash in native code or "
        "for want of memory: -n 0 studies them in this process, one by one\n"
    )
    assert not Path("needs.json").exists()
