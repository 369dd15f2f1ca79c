"""Idempotency keys on the virtual clock."""

from __future__ import annotations

from paypact.world.http import Response
from paypact.world.idempotency import IdempotencyKeys

NOW = [0.0]


def test_kept_for_a_while() -> None:
    """A reply is kept for its time, then forgotten; a key kept again holds the newest."""
    NOW[0] = 100.0
    keys = IdempotencyKeys(lambda: NOW[0], seconds=60)
    first, second = Response(200), Response(402)
    assert keys.seen("k") is None
    keys.keep("k", "/charges", {"a": "1"}, first)
    kept = keys.seen("k")
    assert kept is not None
    assert (kept.place, kept.asked, kept.response) == ("/charges", {"a": "1"}, first)
    assert keys.seen("other") is None
    NOW[0] = 159.9
    assert keys.seen("k") is kept
    NOW[0] = 160.0
    assert keys.seen("k") is None
    keys.keep("k", "/charges", {}, second)
    assert keys.seen("k").response is second  # type: ignore[union-attr]  # kept a line above


def test_an_error_overrules_the_last_request_alone() -> None:
    """It is kept in place of what the last request came to, or of nothing; what came before is told again."""
    keys = IdempotencyKeys(lambda: 0.0, seconds=60)
    first, second, error = Response(200), Response(201), Response(500)
    keys.keep("k", "/charges", {}, first)
    keys.overrule("k", "/charges", {}, error)
    keys.overrule("fresh", "/charges", {}, error)
    keys.keep("older", "/charges", {}, second)
    assert keys.seen("older") is not None
    keys.overrule("older", "/charges", {}, error)

    kept = [keys.seen(key) for key in ("k", "fresh", "older")]
    assert [each.response for each in kept if each] == [error, error, second]
