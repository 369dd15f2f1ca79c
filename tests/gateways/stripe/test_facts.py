"""What Stripe's facts say of its keys, and that the parameters are generated from its SDK."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.util import find_spec

import pytest

from paypact.gateways import load
from paypact.gateways.stripe import params
from paypact.gateways.stripe.simulator.requests import described

FACTS = load("stripe").facts


def test_no_live_keys() -> None:
    """The patterns of live keys know one, and none of the keys that are made here."""
    import re

    patterns = [re.compile(pattern) for pattern in FACTS.gateway.live]
    made = load("stripe").simulator.credentials().values()
    assert not any(pattern.search(value) for pattern in patterns for value in made)
    assert all(any(p.search(f"{kind}_{'live'}_0123456789") for p in patterns) for kind in ("sk", "rk", "pk"))


def test_parameters_are_generated() -> None:
    """params.json is what the installed SDK says today: otherwise run `python -m paypact.gateways.stripe.params`."""
    if find_spec("stripe") is None:
        pytest.skip("the SDK is not installed")
    committed = json.loads((files("paypact.gateways.stripe") / "params.json").read_text())
    fresh = params.generate()
    if fresh["source"] != committed["source"]:
        pytest.skip(f"committed from {committed['source']}, installed is {fresh['source']}")
    assert json.loads(params.text(fresh)) == committed


@pytest.mark.parametrize(
    ("route", "path", "kind"),
    [
        ("POST /v1/payment_intents", ("amount",), "integer"),
        ("POST /v1/payment_intents", ("confirm",), "boolean"),
        ("POST /v1/payment_intents", ("capture_method",), ["automatic", "automatic_async", "manual"]),
        ("POST /v1/payment_intents", ("metadata",), {"map": "string"}),
        ("POST /v1/payment_intents", ("off_session",), {"any of": ["boolean", ["one_off", "recurring"]]}),
        ("POST /v1/payment_intents", ("payment_method_data", "card", "number"), "string"),
        ("POST /v1/payment_intents", ("payment_method_data", "klarna"), "any"),
        ("POST /v1/payment_intents/{}/confirm", ("client_secret",), "string"),
        ("GET /v1/charges", ("limit",), "integer"),
    ],
)
def test_parameters(route: str, path: tuple[str, ...], kind: object) -> None:
    """A few parameters whose types matter most."""
    at = described().params[route]
    for name in path:
        at = at["object"][name]
    assert at == kind
