"""API versions: each change of the table is undone for those who are older, and for nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from paypact.gateways import load
from paypact.gateways.stripe.simulator import versions
from paypact.world.description import Description
from paypact.world.issuer import decline
from paypact.world.world import World

BACK = "https://shop.example/back"
NEWEST = load("stripe").facts.gateway.versions[0]
SALE = {"amount": 1000, "currency": "eur", "confirm": "true", "return_url": BACK}
HOLD = {**SALE, "capture_method": "manual"}
PINNED = ["2020-03-02", "2022-08-01", "2023-10-16", NEWEST]
DAY = 86_400


def older(since: str) -> str:
    """The newest version before a date, with the name that it must have."""
    day = (date.fromisoformat(since) - timedelta(days=1)).isoformat()
    name = next((name for start, name in versions.NAMES.items() if day >= start), None)
    return f"{day}.{name}" if name else day


def named(since: str) -> str:
    """The version of a date."""
    name = next((name for start, name in versions.NAMES.items() if since >= start), None)
    return f"{since}.{name}" if name else since


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-03-02", "2020-03-02"),
        ("2024-06-20", "2024-06-20"),
        ("2024-09-30.acacia", "2024-09-30"),
        ("2025-02-24.acacia", "2025-02-24"),
        ("2025-03-31.basil", "2025-03-31"),
        ("2025-11-17.clover", "2025-11-17"),
        ("2026-07-29.dahlia", "2026-07-29"),
        ("2026-10-28.endive", "2026-10-28"),
        ("2024-06-20.acacia", None),
        ("2025-03-31", None),
        ("2025-03-31.acacia", None),
        ("2025-03-31.preview", None),
        ("2024-02-30", None),
        ("2020-08-27; link_beta=v1", None),
        ("newest", None),
    ],
)
def test_parsed(text: str, day: str | None) -> None:
    """A version is a date, from 2024-09-30 on with the name of its release."""
    assert versions.parsed(text) == day


@pytest.mark.parametrize("version", ["2020-03-01", "2019-05-16", "2026-11-25.endive", "2026-10-28", "latest"])
def test_not_simulated(carry: Any, world: World, version: str) -> None:
    """What is older than the oldest, newer than the newest, or no version at all is not simulated."""
    assert carry("GET", "/v1/customers", stripe_version=version).status == 501
    assert world.recording.not_simulated() == [f"Stripe GET /v1/customers in API version {version}"]


def test_the_table_is_in_order() -> None:
    """The latest change is undone first, each has a source, and each is within the versions simulated."""
    dates = [change.since for change in versions.CHANGES]
    assert dates == sorted(dates, reverse=True)
    assert all(versions.OLDEST < since <= NEWEST for since in dates)
    assert all(change.source and (change.told or change.routes) for change in versions.CHANGES)


# Each change as its caller sees it: what is done, and what is looked at, before the date and from it on.
def charges(post: Any, get: Any, pm: str) -> Any:
    intent = post("/v1/payment_intents", {**SALE, "payment_method": pm})
    assert intent["latest_charge"]
    return [one["id"] == intent["latest_charge"] for one in intent["charges"]["data"]] if "charges" in intent else None


def refunds(post: Any, get: Any, pm: str) -> Any:
    intent = post("/v1/payment_intents", {**SALE, "payment_method": pm})
    refund = post("/v1/refunds", {"payment_intent": intent["id"], "amount": 100})
    charge = get(f"/v1/charges/{intent['latest_charge']}")
    return [one["id"] == refund["id"] for one in charge["refunds"]["data"]] if "refunds" in charge else None


def lists(post: Any, get: Any, pm: str) -> Any:
    person = post("/v1/customers", {"name": "Jenny"})
    return [person[name]["data"] for name in ("sources", "subscriptions", "tax_ids") if name in person]


def automatic(post: Any, get: Any, pm: str) -> Any:
    intent = post("/v1/payment_intents", {"amount": 1000, "currency": "eur"})
    confirmed = post(f"/v1/payment_intents/{intent['id']}/confirm", {"payment_method": pm})
    return intent["automatic_payment_methods"], confirmed.get("status")


def setup(post: Any, get: Any, pm: str) -> Any:
    return post("/v1/setup_intents", {"payment_method": pm, "confirm": "true"}).get("status")


def capture(post: Any, get: Any, pm: str) -> Any:
    intent = post("/v1/payment_intents", {**SALE, "payment_method": pm})
    return intent["capture_method"], bool(get(f"/v1/charges/{intent['latest_charge']}")["balance_transaction"])


def partial(post: Any, get: Any, pm: str) -> Any:
    intent = post("/v1/payment_intents", {**HOLD, "payment_method": pm})
    intent = post(f"/v1/payment_intents/{intent['id']}/capture", {"amount_to_capture": 600})
    charge = get(f"/v1/charges/{intent['latest_charge']}")
    listed = get("/v1/refunds", {"payment_intent": intent["id"]})["data"]
    again = [get(f"/v1/refunds/{one['id']}")["amount"] for one in listed]
    return intent["amount_received"], charge["amount_refunded"], charge["refunded"], again, "invoice" in charge


def release(post: Any, get: Any, pm: str) -> Any:
    intent = post("/v1/payment_intents", {**HOLD, "payment_method": pm})
    intent = post(f"/v1/payment_intents/{intent['id']}/cancel", {"cancellation_reason": "abandoned"})
    charge = get(f"/v1/charges/{intent['latest_charge']}")
    (reasons,) = [one["reason"] for one in get("/v1/refunds")["data"]] or ["no refund"]
    return intent["cancellation_reason"], charge["amount_refunded"], charge["refunded"], reasons, "invoice" in intent


def types(post: Any, get: Any, pm: str) -> Any:
    made = post("/v1/payment_intents", {**SALE, "payment_method": pm, "payment_method_types[]": "card"})
    return made.get("status") or made["error"]["code"], made.get("payment_method_types")


@pytest.mark.parametrize(
    ("since", "done", "before", "after"),
    [
        ("2020-08-27", lists, [[], [], []], []),
        ("2022-11-15", charges, [True], None),
        ("2022-11-15", refunds, [True], None),
        ("2023-08-16", automatic, (None, "succeeded"), ({"allow_redirects": "always", "enabled": True}, None)),
        ("2023-08-16", setup, "succeeded", None),
        ("2024-04-10", capture, ("automatic", True), ("automatic_async", False)),
        ("2025-03-31", partial, (600, 400, False, [400], True), (600, 0, False, [], False)),
        ("2025-03-31", release, ("abandoned", 1000, True, None, True), ("abandoned", 0, False, "no refund", False)),
        (
            "2026-09-30",
            types,
            ("succeeded", ["card"]),
            ("payment_method_types_no_longer_supported", None),
        ),
    ],
    ids=lambda value: getattr(value, "__name__", value if isinstance(value, str) else ""),
)
def test_each_change(
    carry: Any, token: Callable[..., str], since: str, done: Callable[..., Any], before: Any, after: Any
) -> None:
    """A caller of the version before a change hears the old, one of the change's own version the new."""
    for version, heard in ((older(since), before), (named(since), after)):
        post: Callable[..., Any] = lambda path, params, v=version: carry("POST", path, params, stripe_version=v).json  # noqa: E731 - said often below
        get: Callable[..., Any] = lambda path, params=None, v=version: carry("GET", path, params, stripe_version=v).json  # noqa: E731 - as above
        assert done(post, get, token()) == heard


@pytest.mark.parametrize(("version", "reason"), [("2025-02-24.acacia", "automatic"), (NEWEST, "expired")])
def test_expiry(carry: Any, token: Callable[..., str], world: World, version: str, reason: str) -> None:
    """A hold that ran out is canceled, and the word for why changed."""
    held = carry("POST", "/v1/payment_intents", {**HOLD, "payment_method": token()}).json
    world.clock.advance(8 * DAY)
    path = f"/v1/payment_intents/{held['id']}"
    intent = carry("GET", path, stripe_version=version).json
    assert (intent["status"], intent["cancellation_reason"]) == ("canceled", reason)
    reasons = [one["reason"] for one in carry("GET", "/v1/refunds", stripe_version=version).json["data"]]
    assert reasons == (["expired_uncaptured_charge"] if reason == "automatic" else [])


def test_types_of_others(carry: Any, world: World) -> None:
    """Listed types are echoed, exclude automatic ones, and without cards are not simulated."""
    path, old = "/v1/payment_intents", {"stripe_version": "2023-10-16"}
    listed = {"amount": 1000, "currency": "eur", "payment_method_types[0]": "card", "payment_method_types[1]": "ideal"}
    assert carry("POST", path, listed, **old).json["payment_method_types"] == ["card", "ideal"]
    both = carry("POST", path, {**listed, "automatic_payment_methods[enabled]": "true"}, **old)
    assert both.error["message"] == (
        "You may only specify one of these parameters: automatic_payment_methods, payment_method_types."
    )
    carry("POST", path, {"amount": 1000, "currency": "eur", "payment_method_types[]": "ideal"}, **old)
    assert world.recording.not_simulated() == ["Stripe payment_method_types without card (ideal)"]


def test_declined(carry: Any, token: Callable[..., str]) -> None:
    """The intent within an error is told in the caller's version too."""
    refused = carry(
        "POST",
        "/v1/payment_intents",
        {**SALE, "payment_method": token(decline("expired_card"))},
        stripe_version="2020-08-27",
    )
    (charge,) = refused.error["payment_intent"]["charges"]["data"]
    assert (charge["id"], charge["failure_code"]) == (refused.error["charge"], "expired_card")


def test_expanded(carry: Any, token: Callable[..., str]) -> None:
    """What is expanded is told in the caller's version, and a list of old replies can be looked into."""
    params = {**SALE, "payment_method": token(), "expand[0]": "latest_charge", "expand[1]": "charges.data.customer"}
    intent = carry("POST", "/v1/payment_intents", params, stripe_version="2022-08-01").json
    assert intent["latest_charge"] == intent["charges"]["data"][0]
    assert intent["latest_charge"]["refunds"]["total_count"] == 0
    assert (
        carry("POST", "/v1/payment_intents", {**params, "payment_method": token()})
        .error["message"]
        .startswith("This property cannot be expanded (charges.data.customer)")
    )


@pytest.mark.parametrize(
    ("version", "spec"),
    [
        ("2020-03-02", "2022-04-12"),
        ("2022-04-12", "2022-04-12"),
        ("2022-08-01", "2022-04-12"),
        ("2023-09-12", "2023-09-12"),
        ("2023-10-16", "2023-09-12"),
    ],
)
def test_described(
    carry: Any, token: Callable[..., str], disagreements: Callable[..., list[str]], version: str, spec: str
) -> None:
    """Replies in an old version validate against the vendor's description nearest to it."""
    post: Callable[..., Any] = lambda path, params: carry("POST", path, params, stripe_version=version).json  # noqa: E731 - as above
    paid = post("/v1/payment_intents", {**SALE, "payment_method": token(), "expand[]": "latest_charge"})
    held = post("/v1/payment_intents", {**HOLD, "payment_method": token()})
    replies = {
        "payment_intent paid": paid,
        "payment_intent held": held,
        "payment_intent part": post(f"/v1/payment_intents/{held['id']}/capture", {"amount_to_capture": 600}),
        "payment_intent new": post("/v1/payment_intents", {"amount": 1000, "currency": "eur"}),
        "charge paid": paid["latest_charge"],
        "charge part": carry("GET", f"/v1/charges/{held['latest_charge']}", stripe_version=version).json,
        "refund": post("/v1/refunds", {"payment_intent": paid["id"], "amount": 99}),
        "setup_intent": post("/v1/setup_intents", {"payment_method": token(), "confirm": "true", "return_url": BACK}),
        "customer": post("/v1/customers", {"name": "Jenny"}),
    }
    assert disagreements(spec, replies) == []


def test_old_declarations(published: Callable[[str], Any]) -> None:
    """What only old replies have is described in the document of 2022-04-12, but for a count that real events carry."""
    from paypact.gateways.stripe.wire import past

    description = Description(published("2022-04-12"))
    own = {"charges", "invoice", "refunds", "sources", "subscriptions", "tax_ids", "data", "has_more", "total_count"}
    found = {
        line
        for name, cls in (
            ("payment_intent", past.PastIntent),
            ("charge", past.PastCharge),
            ("customer", past.PastCustomer),
        )
        for line in description.disagreements(cls, name)
        if line.split()[0].rpartition(".")[2] in own
    }
    assert found == {
        "Charges.total_count is not described",
        "Inlined.total_count is not described",
        "PastCharge.refunds may be absent here and is required there",  # it is, between 2022-11-15 and 2025-03-31
        "Refunds.total_count is not described",
    }


def test_parameters_that_are_gone(published: Callable[[str], Any]) -> None:
    """Whatever the documents of 2022 and 2023 let a caller of cards send is known, or listed in the table."""
    from paypact.gateways.stripe.simulator.requests import described

    gone: set[str] = set()
    for version in ("2022-04-12", "2023-09-12"):
        for path, calls in published(version)["paths"].items():
            for verb, call in calls.items():
                route = f"{verb.upper()} {path.split('{')[0]}" + ("{}" + path.partition("}")[2] if "{" in path else "")
                if route not in described().params or not isinstance(call, dict):
                    continue
                form = call["requestBody"]["content"].get("application/x-www-form-urlencoded", {"schema": {}})
                took = set(form["schema"].get("properties", {})) | {
                    one["name"] for one in call.get("parameters", ()) if one["in"] == "query"
                }
                known = versions.taken("2022-04-12", route, described().params[route])["object"]
                gone |= {f"{route} {one}" for one in took - set(known)}
    assert gone == set()


def test_json_is_told(carry: Any) -> None:
    """The reply's header names the version as the caller wrote it."""
    for version in PINNED:
        reply = carry("GET", "/v1/payment_intents", stripe_version=version)
        assert (reply.status, reply.headers["stripe-version"]) == (200, version)
        assert json.loads(reply.text)["data"] == []
