"""When a run is shared among workers, and what is leaned on to do it."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from paypact.runner import workers


@pytest.mark.parametrize(
    ("cells", "examples", "asked", "cores", "number"),
    [
        pytest.param(2, 60, None, 4, 0, id="short: one process"),
        pytest.param(100, 60, None, 4, 4, id="long: all cores"),
        pytest.param(100, 60, None, 1, 0, id="one core"),
        pytest.param(100, 60, 0, 4, 0, id="asked for none"),
        pytest.param(100, 60, 1, 4, 0, id="one is this process"),
        pytest.param(100, 60, 3, 4, 3, id="asked for three"),
        pytest.param(2, 60, 8, 4, 2, id="no more than cells"),
    ],
)
def test_how_many(
    monkeypatch: pytest.MonkeyPatch, cells: int, examples: int, asked: int | None, cores: int, number: int
) -> None:
    """As asked; unasked as many as there are cores, where the run is long enough to be worth their start."""
    monkeypatch.setattr(workers, "cores", lambda: cores)
    items: list[Any] = [None] * cells

    assert workers.wanted(items, examples, asked) == number


def test_what_is_leaned_on_is_there() -> None:
    """Names of pytest and xdist that are not public; a version that moves them fails here first."""
    from _pytest.config import ConftestImportFailure
    from _pytest.pathlib import ImportPathMismatchError
    from _pytest.terminal import TerminalReporter
    from xdist.dsession import DSession  # type: ignore[import-untyped]  # xdist has no annotations

    assert list(inspect.signature(DSession.__init__).parameters) == ["self", "config"]
    assert list(inspect.signature(DSession.pytest_sessionstart).parameters) == ["self", "session"]
    assert list(inspect.signature(DSession.pytest_runtestloop).parameters) == ["self"]
    assert list(inspect.signature(ConftestImportFailure.__init__).parameters)[1:] == ["path", "cause"]
    assert list(inspect.signature(TerminalReporter.__init__).parameters)[1:] == ["config", "file"]
    assert issubclass(ImportPathMismatchError, ImportError)
