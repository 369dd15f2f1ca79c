"""Exactly once: what stays unknown for good is honest, and said once."""

from __future__ import annotations

from paypact import discovery
from paypact.testkit import cells, run_cell
from paypact.testkit.profiles import PROFILES
from paypact.testkit.promise import promises


def test_an_error_that_is_kept_under_its_key_may_stay_unknown() -> None:
    """A gateway with no way to ask: the driver cannot find out, which fails nothing and is noted."""
    (target,) = discovery.targets_in(discovery.place("paypact.gateways.adyen.integration"))
    (cell,) = [cell for cell in cells(promises()["exactly-once"], target) if cell.key == "void"]

    result = run_cell(cell, PROFILES["quick"])

    assert (result.state, result.findings) == ("kept", ())
    said = "an error that the gateway tells again for the same key stays unknown"
    assert result.notes == (f"{said}: the driver has neither lookup nor order to find out with",)
