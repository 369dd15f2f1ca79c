"""Webhooks that come in before the reply, at shops of coroutines: honest ones are not accused, others are."""

from __future__ import annotations

from typing import Any

import pytest


def shop(way: str) -> Any:
    """A driver class of tin.tasks."""
    from tin import tasks

    return getattr(tasks, way)


@pytest.mark.parametrize("way", ["TinTasks", "HoldsALock"])
def test_honest_tasks_are_not_accused(run: Any, way: str) -> None:
    """A handler that waits for a lock of the shop's own goes on when the call has ended."""
    result = run(shop(way), "webhooks", "early")["early"]

    assert (result.state, result.findings) == ("kept", ())


FOUND = {
    "KnowsItsCharges": ("crash", "KeyError"),
    "WaitsForEver": (
        "crash", "a webhook that came in before the reply is never answered: its handler waits for ever"
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", FOUND)
def test_who_counts_on_the_reply_is_told(run: Any, way: str) -> None:
    """The handler runs while the call still waits: what it does not know yet, it cannot use."""
    severity, said = FOUND[way]
    result = run(shop(way), "webhooks", "early")["early"]

    assert {finding.severity for finding in result.findings} == {severity}
    assert any(said in finding.sentence for finding in result.findings)


def test_a_handler_among_blocking_calls_is_not_covered(run: Any) -> None:
    """Nothing runs in an event loop whose thread waits."""
    said = "receive is asynchronous and what pays is not: nothing else runs while its call waits"

    assert run(shop("HearsInTasks"), "webhooks", "early")["early"].why == said
