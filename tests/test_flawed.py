"""The manifest of the flawed integrations."""

from __future__ import annotations

import pytest

from paypact.errors import DataError
from paypact.flawed import manifest
from paypact.testkit.promise import promises


def test_every_flaw_has_its_file_and_a_promise() -> None:
    """Names are unique, files are there."""
    flaws = manifest().flaw

    assert len({flaw.name for flaw in flaws}) == len(flaws)
    assert [flaw.name for flaw in flaws if not flaw.path.is_file()] == []


def test_the_demo_names_what_there_is() -> None:
    """Its flaw is listed, and caught by the promise it shows."""
    told = manifest().demo

    assert manifest().named(told.flaw).promise == told.promise
    assert told.promise in promises()


def test_an_unknown_flaw() -> None:
    """The message lists those there are."""
    with pytest.raises(DataError, match=r"^manifest\.toml: no flaw 'x' \(known: "):
        manifest().named("x")
