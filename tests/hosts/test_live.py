"""Live-looking keys stop the run."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from paypact.errors import PaypactError
from paypact.hosts import LiveKeyError, check_environment

LIVE = "lead_test_k3yOfAnAccount".replace("test", "live")
WAY_OUT = (
    "Nothing left this process, and the run stops here: give the integration `gateway.credentials`, which are test "
    "credentials made for the run"
)


@pytest.mark.parametrize(
    ("request_", "place"),
    [
        ({"headers": {"Authorization": f"Bearer {LIVE}"}}, "its URL or a header"),
        ({"headers": {"X-API-Key": LIVE}}, "its URL or a header"),
        ({"auth": (LIVE, "")}, "its Authorization header"),
        ({"data": {"key": LIVE}}, "its body"),
        ({"json": {"key": LIVE}}, "its body"),
        ({"params": {"key": LIVE}}, "its URL or a header"),
    ],
    ids=["bearer", "header", "basic", "form", "json", "query"],
)
def test_a_request_with_one_stops_the_run(enter: Any, request_: dict[str, Any], place: str) -> None:
    """Wherever the key stands, the request is not carried, the world remembers why, and the message masks it."""
    with enter() as (world, gateway):
        with pytest.raises(LiveKeyError) as stopped:
            requests.post(f"{gateway.url}/charges", timeout=1, **request_)
        assert str(stopped.value) == (
            "the code under test sent POST /charges to api.lead.test with a live-looking key, lead_live_…ount, "
            f"in {place}. {WAY_OUT}"
        )
        assert isinstance(stopped.value, PaypactError)
        assert world.stop is stopped.value
        assert world.recording.exchanges == []


def test_test_keys_pass(enter: Any) -> None:
    """The credentials of the run are no reason to stop, also as Basic credentials that cannot be read."""
    with enter() as (world, gateway):
        for authorization in (f"Bearer {gateway.credentials['key']}", "Basic !", "Basic bGVhZDo="):
            requests.get(gateway.url, headers={"Authorization": authorization}, timeout=1)
        assert len(world.recording.exchanges) == 3
        assert world.stop is None


def test_one_in_the_environment_stops_the_run_unless_it_is_allowed() -> None:
    """The first of them is named, masked; `allow-live-env` lets it stay."""
    environ = {"PATH": "/bin", "LEAD_KEY": LIVE, "LEAD_TEST_KEY": "lead_test_1"}
    with pytest.raises(LiveKeyError) as stopped:
        check_environment([r"lead_live_\w+"], environ)
    assert str(stopped.value) == (
        "environment variable LEAD_KEY holds a live-looking key, lead_live_…ount: unset it for this run; or, if it "
        "must stay, write allow-live-env = true under [tool.paypact]"
    )
    check_environment([r"lead_live_\w+"], environ, allowed=True)
    check_environment([], environ)
