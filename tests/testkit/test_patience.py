"""A call that never comes back is a crash, and does not keep the run for ever."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from paypact.testkit import patience
from paypact.testkit.patience import StuckError, limited


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What takes half a minute elsewhere takes a moment here."""
    monkeypatch.setattr(patience, "LONGEST", 0.2)
    monkeypatch.setattr(patience, "AGAIN", 0.1)
    monkeypatch.setattr(patience, "_stops", 0)
    yield
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_who_waits_for_their_own_lock(run: Any) -> None:
    """It is told where the call stands, without trying ever smaller cases of what takes so long."""
    from tin import flawed

    result = run(flawed.TwiceAtTheDoor, "card-types", "visa")["visa"]

    (finding,) = result.findings
    assert (finding.severity, finding.exception, result.examples) == (
        "crash",
        "StuckError: sale did not come back within 0.2 s of real time and was stopped: it does not end",
        1,
    )
    assert (finding.line.function, finding.line.code) == ("charge", "with self.door:")


def test_a_loop_that_only_computes() -> None:
    """Nothing is waited for, and it is stopped all the same; the next one sooner."""

    def spin() -> None:
        while True:
            pass

    for longest in ("0.2", "0.1"):
        with pytest.raises(StuckError, match=f"^sum did not come back within {longest} s of real time"), limited("sum"):
            spin()
    assert patience.stops() == 2


def test_a_timer_that_is_somebody_elses() -> None:
    """It is left alone."""
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    try:
        with limited("sale"):
            assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
        assert signal.getsignal(signal.SIGALRM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGALRM, before)


def test_only_the_main_thread_can_be_stopped() -> None:
    """Elsewhere nothing is set, and the call goes on."""
    seen: list[object] = []

    def call() -> None:
        with limited("sale"):
            seen.append(signal.getitimer(signal.ITIMER_REAL))

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()

    assert seen == [(0, 0)]
