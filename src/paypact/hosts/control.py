"""The control pages of a served simulator, below `/_paypact/`: what shoppers, tests and verifiers do beside the API.

They speak JSON, but for the page to which a shopper is sent. `?account=NAME` says whose; none: the first account.
"""

from __future__ import annotations

import html
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from paypact.contract import states
from paypact.errors import PaypactError, UsageError
from paypact.hosts.accounts import Account, Accounts
from paypact.hosts.server import Asked, Page
from paypact.world import clock

PREFIX: Final = "/_paypact/"
VISIT: Final = f"{PREFIX}visit/"
RESULTS: Final = ("passed", "failed", "abandoned")

_Handler: TypeAlias = Callable[[Accounts, Asked, Mapping[str, Any]], Page]

_PAGE: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}: simulated page</title>
<style>body {{ font-family: sans-serif; max-width: 30em; margin: 4em auto }} button {{ margin-right: 1em }}</style>
<h1>{title}, simulated</h1>
<p>Here the shopper proves who they are. What happens?</p>
<form method="post">{buttons}</form>
</html>
"""


def answer(accounts: Accounts, asked: Asked) -> Page:
    """What a control page says; a mistake of the caller is said in words, with status 400 or 404."""
    path = urlsplit(asked.path).path
    try:
        if path.startswith(VISIT):
            return _visited(accounts, asked)
        handler = _ROUTES.get((asked.method, path))
        if handler is None:
            known = ", ".join(f"{method} {place}" for method, place in _ROUTES)
            return _said(404, error=f"paypact has no {asked.method} {path} (it has: {known})")
        return handler(accounts, asked, _sent(asked))
    except PaypactError as error:
        return _said(400, error=str(error))


def account(accounts: Accounts, asked: Asked) -> Account:
    """The account that a control page is about."""
    return accounts.named(parse_qs(urlsplit(asked.path).query).get("account", [""])[0])


# --- the pages --------------------------------------------------------------------------------------------------------


def _overview(accounts: Accounts, asked: Asked, sent: Mapping[str, Any]) -> Page:
    return _said(200, **described(accounts))


def described(accounts: Accounts) -> dict[str, Any]:
    """A served gateway as data: its accounts with their test credentials, and the provider states it knows."""
    return {
        "gateway": accounts.gateway.name,
        "accounts": [_account(each) for each in accounts],
        "states": [*states.STATES, states.ACTED],
    }


def _account(each: Account) -> dict[str, Any]:
    merchants = dict(each.gateway.simulator.accounts())
    return {
        "name": each.name,
        "credentials": each.credentials,
        **({"merchant_accounts": merchants} if merchants else {}),
    }


def _open(accounts: Accounts, asked: Asked, sent: Mapping[str, Any]) -> Page:
    name = sent.get("name", "")
    if not isinstance(name, str):
        raise UsageError(f"account {name!r} cannot be opened: its name is no text")
    return _said(200, **_account(accounts.open(name)))


def _reset(accounts: Accounts, asked: Asked, sent: Mapping[str, Any]) -> Page:
    account(accounts, asked).reset()
    return _said(200)


def _state(accounts: Accounts, asked: Asked, sent: Mapping[str, Any]) -> Page:
    """What Pact's verifier calls before and after an interaction."""
    whose, name, params = account(accounts, asked), sent.get("state") or "", sent.get("params") or {}
    if not isinstance(name, str) or not isinstance(params, Mapping):
        raise UsageError('a provider state is sent as {"action": "setup", "state": "...", "params": {...}}')
    if sent.get("action") == "teardown" or not name:
        whose.reset()
        return _said(200)
    if name == states.ACTED:
        return _acted(accounts, params)
    with whose.lock:
        whose.tick()
        return _said(200, **states.set_up(whose.world, name, params))


def _acted(accounts: Accounts, params: Mapping[str, Any]) -> Page:
    place, result = params.get("place"), params.get("result")
    if not isinstance(place, str) or result not in RESULTS:
        raise UsageError(
            f"the provider state {states.ACTED!r} has two parameters: place, and result ({', '.join(RESULTS)})"
        )
    came = _come(accounts, place, str(result), "")
    if came is None:
        raise UsageError("the place is unknown in every account: the shopper has nowhere to go")
    return _said(200, **{f"return_{name}": value for name, value in came[0].items()})


def _forward(accounts: Accounts, asked: Asked, sent: Mapping[str, Any]) -> Page:
    seconds = sent.get("forward")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= clock.YEAR:
        raise UsageError(f'the clock goes forward by a number of seconds, at most a year: {{"forward": {seconds!r}}}')
    whose = account(accounts, asked)
    whose.forward(seconds)
    return _said(200, now=whose.world.clock.time())


def _events(accounts: Accounts, asked: Asked, sent: Mapping[str, Any]) -> Page:
    happened = account(accounts, asked).outbox.happened
    return _said(200, events=[{"id": one.id, "type": one.type, "at": one.at} for one in happened])


def _message(accounts: Accounts, asked: Asked, sent: Mapping[str, Any]) -> Page:
    """What Pact's verifier is given for a message: the last webhook of the type that its description names."""
    whose, words = account(accounts, asked), str(sent.get("description", "")).split()
    with whose.lock:
        whose.tick()
        event = next((one for one in reversed(whose.outbox.happened) if one.type in words), None)
        if event is None:
            happened = ", ".join(dict.fromkeys(one.type for one in whose.outbox.happened)) or "none"
            raise UsageError(f"no webhook has happened that {' '.join(words)!r} names (happened: {happened})")
        told = whose.sealed(event)
    headers = dict(told.headers)
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "application/json")
    metadata = json.dumps({**headers, "contentType": kind})
    return Page(
        200, told.body, {"content-type": kind, "pact-message-metadata": b64encode(metadata.encode()).decode("ascii")}
    )


def _act(accounts: Accounts, asked: Asked, sent: Mapping[str, Any]) -> Page:
    """The shopper acts at a URL or in the vendor's browser component, told as data."""
    place, result = sent.get("place"), sent.get("result", "passed")
    if not isinstance(place, str) or result not in RESULTS:
        raise UsageError(f'a visit is sent as {{"place": URL or client secret, "result": one of {", ".join(RESULTS)}}}')
    came = _come(accounts, place, str(result), str(sent.get("card", "")))
    if came is None:
        return _said(404, error="the place is unknown in every account: the shopper has nowhere to go")
    params, back = came
    return _said(200, params=params, return_url=back)


def _visited(accounts: Accounts, asked: Asked) -> Page:
    """The page of the gateway to which the shopper's browser was sent, and what they pressed there."""
    parts = urlsplit(asked.path)
    place = "https://" + parts.path.removeprefix(VISIT) + (f"?{parts.query}" if parts.query else "")
    if asked.method == "GET":
        title = html.escape(accounts.gateway.facts.gateway.title)
        buttons = "".join(f'<button name="result" value="{one}">{one}</button>' for one in RESULTS)
        return Page(
            200, _PAGE.format(title=title, buttons=buttons).encode(), {"content-type": "text/html; charset=utf-8"}
        )
    result = dict(parse_qsl(asked.body.decode("utf-8", "replace"))).get("result", "passed")
    if result not in RESULTS:
        raise UsageError(f"the shopper cannot have {result!r} here (known: {', '.join(RESULTS)})")
    came = _come(accounts, place, result, "")
    if came is None:
        return _said(404, error="the page is unknown in every account: the shopper has nowhere to go")
    params, back = came
    if not back:
        return _said(200, params=params, return_url=back)
    target = urlsplit(back)
    query = urlencode([*parse_qsl(target.query, keep_blank_values=True), *params.items()])
    return Page(303, b"", {"location": urlunsplit(target._replace(query=query))})


def _come(accounts: Accounts, place: str, result: str, card: str) -> tuple[dict[str, str], str] | None:
    _, here, page = place.partition(VISIT)  # the vendor's page, where it was sent here
    place = f"https://{page}" if here else place
    for whose in accounts:
        with whose.lock:
            back = whose.world.simulator.comes_back_to(place)
            payment = states.payment_with(whose.world, states.card_of(whose.world, card))
            params = whose.visit(place, payment, result)
        if params is not None:
            return dict(params), back
    return None


_ROUTES: Final[Mapping[tuple[str, str], _Handler]] = {
    ("GET", PREFIX): _overview,
    ("POST", f"{PREFIX}accounts"): _open,
    ("POST", f"{PREFIX}reset"): _reset,
    ("POST", f"{PREFIX}state"): _state,
    ("POST", f"{PREFIX}clock"): _forward,
    ("GET", f"{PREFIX}events"): _events,
    ("POST", f"{PREFIX}message"): _message,
    ("POST", f"{PREFIX}visit"): _act,
}


def _sent(asked: Asked) -> Mapping[str, Any]:
    if not asked.body:
        return {}
    try:
        sent = json.loads(asked.body)
    except ValueError:
        raise UsageError("the body is no JSON") from None
    if not isinstance(sent, dict):
        raise UsageError("the body is no JSON object")
    return sent


def _said(status: int, **body: Any) -> Page:
    return Page(status, json.dumps(body).encode(), {"content-type": "application/json"})
