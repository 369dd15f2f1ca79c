"""The toy gateway on the path, its replies declared; and shops that read them in one way each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from paypact import gateways
from paypact.testkit import session
from paypact.testkit.target import Target, targets
from paypact.world import clock


@pytest.fixture
def plain_tin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the toy gateway findable; its replies are plain dicts."""
    clock.install()
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "toy"))
    gateways.forget()
    yield
    session.close_all()
    gateways.forget()


@pytest.fixture
def tin(plain_tin: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy gateway with declared replies."""
    from tin.declared import declare

    declare(monkeypatch)


@pytest.fixture
def shop(tin: None) -> Target:
    """The careful shop, which takes nothing for granted that Tin may leave out."""
    from tin.declared import Careful

    return targets(Careful)[0]
