"""`paypact verify` on a hand-written contract: what passes, what is broken, what cannot be said."""

from __future__ import annotations

import copy
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

import pytest

from paypact.cli import call
from paypact.commands.serve import Served, Wanted, running

pytest.importorskip("pact", reason="pact-python is not installed: pip install 'paypact[verify]'")

File = Callable[..., str]
FORM = "application/x-www-form-urlencoded"
VISA = {"card": "visa", "number": "4242424242424242"}
CHALLENGE = {"card": "visa", "number": "4000002760003184", "answer": "challenge"}

Document: TypeAlias = dict[str, Any]


def interaction(
    description: str,
    method: str,
    path: str,
    *states: tuple[str, Document],
    form: str = "",
    token: bool = False,
    reply: Document | None = None,
    rules: Document | None = None,
    status: int = 200,
) -> Document:
    """One interaction; a path with `${...}` in it is generated, and with `token` the form's payment method."""
    request: Document = {"method": method, "path": path.replace("${", "").replace("}", "")}
    request["headers"] = {"Authorization": ["Bearer placeholder"]}
    generators: Document = {}
    if "${" in path:
        generators["path"] = {"type": "ProviderState", "expression": path}
    if form:
        request["headers"]["Content-Type"] = [FORM]
        request["body"] = {"content": form, "contentType": FORM, "encoded": False}
    if token:
        generators["body"] = {"$.payment_method": {"type": "ProviderState", "expression": "${token}"}}
    if generators:
        request["generators"] = generators
    response: Document = {"status": status}
    if reply is not None:
        response["body"] = {"content": reply, "contentType": "application/json", "encoded": False}
        response["matchingRules"] = {"body": rules or {}}
    return {
        "type": "Synchronous/HTTP",
        "description": description,
        "pending": False,
        "providerStates": [{"name": name, "params": params} for name, params in states],
        "request": request,
        "response": response,
    }


PAY = "amount=1099&confirm=true&currency=eur&payment_method=pm_example&return_url=https%3A%2F%2Fshop.example%2Fback"
ANY = {"matchers": [{"match": "type"}]}
HELD = ("an earlier call", {"interaction": "authorize", "values": {"id": "$.id"}})
ASKED = ("an earlier call", {"interaction": "sale, challenged", "values": {"id": "$.id"}})
PASSED = (
    "the shopper acted",
    {"interaction": "sale, challenged", "at": "$.next_action.redirect_to_url.url", "result": "passed"},
)
INTERACTIONS: dict[str, Document] = {
    "authorize": interaction(
        "authorize",
        "POST",
        "/v1/payment_intents",
        ("a payment method", VISA),
        form=f"{PAY}&capture_method=manual",
        token=True,
        reply={"id": "pi_example", "status": "requires_capture", "latest_charge": "ch_example"},
        rules={"$.id": {"matchers": [{"match": "regex", "regex": r"pi_\w+"}]}, "$.latest_charge": ANY},
    ),
    "capture": interaction(
        "capture",
        "POST",
        "/v1/payment_intents/${id}/capture",
        HELD,
        form="amount_to_capture=1099",
        reply={"status": "succeeded", "amount_received": 1099},
    ),
    "sale, declined": interaction(
        "sale, declined",
        "POST",
        "/v1/payment_intents",
        ("a payment method", {**VISA, "answer": "decline:lost_card"}),
        form=PAY,
        token=True,
        status=402,
        reply={"error": {"code": "card_declined", "decline_code": "lost_card"}},
    ),
    "sale, challenged": interaction(
        "sale, challenged",
        "POST",
        "/v1/payment_intents",
        ("a payment method", CHALLENGE),
        form=PAY,
        token=True,
        reply={"status": "requires_action", "next_action": {"redirect_to_url": {"url": "https://example"}}},
        rules={"$.next_action.redirect_to_url.url": ANY},
    ),
    "look up after a challenge": interaction(
        "look up after a challenge",
        "GET",
        "/v1/payment_intents/${id}",
        ASKED,
        PASSED,
        reply={"status": "succeeded"},
    ),
    "look up what nobody paid": interaction(
        "look up what nobody paid",
        "GET",
        "/v1/payment_intents/pi_unknown",
        status=404,
        reply={"error": {"code": "resource_missing"}},
    ),
}


def document(*interactions: Document, provider: str = "stripe") -> Document:
    """A contract of these interactions; none: all of the example."""
    return {
        "consumer": {"name": "shop"},
        "provider": {"name": provider},
        "interactions": copy.deepcopy(list(interactions or INTERACTIONS.values())),
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }


@pytest.fixture
def file(tmp_path: Path) -> File:
    """Write a contract, as data or as text, and get its path."""

    def write(content: Document | str, name: str = "shop.json") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    return write


class Said:
    """What the command printed and wrote."""

    def __init__(self, code: int, out: str, err: str, result: Any) -> None:
        self.code, self.out, self.err, self.result = code, out, err, result

    @property
    def results(self) -> dict[str, str]:
        return {one["interaction"]: one["result"] for one in self.result["checked"]}


@pytest.fixture
def verify(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: str, provider: str = "stripe") -> Said:
        target = tmp_path / "result.json"
        code = call(["verify", *arguments, "--provider", provider, "--json", str(target)])
        said = capfd.readouterr()
        return Said(code, said.out, said.err, json.loads(target.read_bytes()) if target.exists() else None)

    return run


@pytest.fixture
def served() -> Iterator[Served]:
    with running(Wanted(["stripe"]), lambda line: None) as [one]:
        yield one


class Answers:
    """Somebody who answers each request with what `reply` says: status, body; or is silent for good."""

    def __init__(self, reply: Callable[[str, bytes], tuple[int, Any]]) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        answers = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answers.asked.append((self.command, self.path, headers, body))
                status, said = reply(self.path, body)
                data = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = _any  # noqa: N815 - as the base class spells them

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def answers() -> Iterator[Callable[..., Answers]]:
    made: list[Answers] = []

    def make(reply: Callable[[str, bytes], tuple[int, Any]]) -> Answers:
        made.append(Answers(reply))
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()
        one.server.server_close()


# --- what a verification says -----------------------------------------------------------------------------------------


def test_every_interaction_is_verified_against_the_simulator(verify: Callable[..., Said], file: File) -> None:
    """Tokens, earlier calls and a shopper's challenge come true; the simulator is started for it, and stopped."""
    said = verify(file(document()))
    assert said.results == dict.fromkeys(INTERACTIONS, "verified")
    assert (said.code, said.err) == (0, "")
    lines = [re.sub(r"\d\.\d\d", "0.01", line) for line in said.out.splitlines()]
    assert lines[0] == "result    seconds  consumer  interaction"
    assert lines[5] == "verified     0.01  shop      look up after a challenge"
    assert re.fullmatch(r"stripe at http://127.0.0.1:\d+: 6 verified of 6 interactions", lines[8])


def test_a_contract_of_version_3(verify: Callable[..., Said], file: File) -> None:
    """As others write it, with bodies that nothing wraps: its states come true, and what is not kept is named."""
    made = document(INTERACTIONS["authorize"], INTERACTIONS["capture"])
    made["metadata"] = {"pactSpecification": {"version": "3.0.0"}}
    for one in made["interactions"]:
        del one["type"]
        for side in ("request", "response"):
            if "body" in one[side]:
                one[side]["body"] = one[side]["body"]["content"]
            one[side]["headers"] = {name: ", ".join(held) for name, held in one[side].get("headers", {}).items()}
    assert verify(file(made)).results == {"authorize": "verified", "capture": "verified"}

    made["interactions"][1]["response"]["body"]["status"] = "processing"
    said = verify(file(made))
    assert (said.code, said.results["capture"]) == (1, "broken")


def test_the_commands_for_a_broker_are_printed(verify: Callable[..., Said], file: File) -> None:
    """Ready to paste, as the tool that ships with Pact has them."""
    path = file(document(INTERACTIONS["authorize"]))
    version, broker = '"$(git rev-parse --short HEAD)"', '--broker-base-url "$PACT_BROKER_BASE_URL"'
    assert verify(path).out.splitlines()[-2:] == [
        f'pact broker publish {path} --consumer-app-version {version} --branch "$(git branch --show-current)" {broker}',
        f"pact broker can-i-deploy --pacticipant shop --version {version} --to-environment production {broker}",
    ]


def changed(name: str, **reply: Any) -> Document:
    """One interaction of the example that expects something else in the reply."""
    made = document(INTERACTIONS[name])["interactions"][0]
    made["response"]["body"]["content"] |= reply
    return made  # type: ignore[no-any-return] # of a document


BROKEN: dict[str, tuple[Document, list[str]]] = {
    "a field that is gone": (changed("authorize", renamed="x"), ["$.renamed: is not in the reply"]),
    "a value": (
        changed("authorize", status="succeeded"),
        ["$.status: Expected 'requires_capture' (String) to be equal to 'succeeded' (String)"],
    ),
    "a field deep inside": (
        changed("sale, declined", error={"code": "card_declined", "decline_code": "lost_card", "network": "x"}),
        ["$.error.network: is not in the reply"],
    ),
}


@pytest.mark.parametrize(("broken", "lines"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_names_interaction_and_field(
    verify: Callable[..., Said], file: File, broken: Document, lines: list[str]
) -> None:
    """Exit code 1; the others are verified all the same."""
    name = broken["description"]
    path = file(document(broken, INTERACTIONS["look up what nobody paid"]))
    said = verify(path)
    assert said.code == 1
    assert said.results == {name: "broken", "look up what nobody paid": "verified"}
    told = said.out.split("\n\n")[1].splitlines()
    head = f"broken: {name} (consumer shop, {path})"
    assert told == [head, "  given: a payment method", *(f"  {line}" for line in lines)]


def test_a_field_renamed_in_the_simulator_is_seen(
    verify: Callable[..., Said], file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the contract is for: the provider changes, and the one that needs the field is named."""
    from paypact.gateways.stripe.simulator import Stripe

    render = Stripe.render
    monkeypatch.setattr(
        Stripe, "render", lambda self, response: render(self, response).replace(b'"amount_received"', b'"amount_got"')
    )
    said = verify(file(document()))
    assert said.results == dict.fromkeys(INTERACTIONS, "verified") | {"capture": "broken"}
    assert "  $.amount_received: is not in the reply\n" in said.out
    assert said.code == 1


def test_what_is_pending_fails_nothing(verify: Callable[..., Said], file: File) -> None:
    """A contract may ask for what the provider does not have yet."""
    said = verify(file(document({**changed("authorize", renamed="x"), "pending": True})))
    assert (said.code, said.results) == (0, {"authorize": "pending"})


def test_junit(verify: Callable[..., Said], file: File, tmp_path: Path) -> None:
    """A suite for the contract, a case for each interaction."""
    target = tmp_path / "junit.xml"
    path = file(document(changed("authorize", renamed="x"), INTERACTIONS["capture"], STATE))
    assert verify(path, "--junit", str(target)).code == 1
    suite = ET.parse(target).getroot()[0]  # noqa: S314 - our own
    assert (suite.attrib["name"], suite.attrib["failures"], suite.attrib["errors"]) == (path, "1", "1")
    cases = {case.attrib["name"]: [child.tag for child in case] for case in suite}
    assert cases == {"authorize": ["failure"], "capture": [], "unknown state": ["error"]}
    assert suite[0][0].attrib["message"] == "$.renamed: is not in the reply"


# --- the traps --------------------------------------------------------------------------------------------------------

STATE = interaction("unknown state", "GET", "/v1/charges", ("the moon is full", {}))


def test_a_verification_that_selects_nothing_is_a_failure(
    verify: Callable[..., Said], file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pact's verifier calls it a success."""
    import pact

    add = pact.Verifier.add_source
    monkeypatch.setattr(pact.Verifier, "add_source", lambda self, path: add(self, path).filter("no such interaction"))
    said = verify(file(document(INTERACTIONS["authorize"])))
    assert (said.code, said.results) == (2, {"authorize": "not checked"})
    assert "  the verifier did not select it\n" in said.out


def test_a_state_that_cannot_be_made_costs_no_minutes(verify: Callable[..., Said], file: File) -> None:
    """Told at once, with the reason, and the next interaction is tried. Pact would ask again for two minutes."""
    began = time.monotonic()
    said = verify(file(document(STATE, INTERACTIONS["authorize"])))
    assert time.monotonic() - began < 60
    assert (said.code, said.results) == (2, {"unknown state": "not checked", "authorize": "verified"})
    assert (
        "  the state handler answered 400 to 'the moon is full': provider state 'the moon is full' is unknown "
        "(known: a payment method)\n"
    ) in said.out


def test_a_vendors_handler_that_fails_costs_no_minutes(
    verify: Callable[..., Said], file: File, served: Served, answers: Callable[..., Answers]
) -> None:
    """A 500 of theirs is asked once for each state that is set up, and their words are passed on."""
    theirs = answers(lambda path, body: (500, {"error": "no database"}))
    said = verify(file(document(INTERACTIONS["authorize"])), "--url", served.url, "--state-url", theirs.url)
    assert (said.code, said.results) == (2, {"authorize": "not checked"})
    assert "  the state handler answered 500 to 'a payment method': no database\n" in said.out
    assert [json.loads(body)["action"] for *_, body in theirs.asked] == ["setup", "teardown"]


def test_a_defect_of_ours_costs_no_minutes_either(
    verify: Callable[..., Said], file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is raised in the handler, the verifier is told no."""
    from paypact.contract.provider import Preparation

    def fail(*given: object, **more: object) -> None:
        raise RuntimeError("lost")

    monkeypatch.setattr(Preparation, "set_up", fail)
    said = verify(file(document(INTERACTIONS["authorize"])))
    assert (said.code, said.results) == (2, {"authorize": "not checked"})
    assert "  a defect of paypact itself: RuntimeError: lost\n" in said.out


def test_nobody_is_counted(verify: Callable[..., Said], file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pact counts its users where it is not told otherwise; it is told before it starts."""
    import os

    monkeypatch.delenv("PACT_DO_NOT_TRACK", raising=False)
    assert verify(file(document(INTERACTIONS["authorize"]))).code == 0
    assert os.environ["PACT_DO_NOT_TRACK"] == "true"


# --- states -----------------------------------------------------------------------------------------------------------

AGAIN = ("an earlier call", {"interaction": "again", "values": {}})
STATES: dict[str, tuple[list[Document], str]] = {
    "no such interaction": (
        [interaction("x", "GET", "/v1/charges", ("an earlier call", {"interaction": "y", "values": {}}))],
        "contract {path} has no interaction of the description 'y'",
    ),
    "a call that needs itself": (
        [interaction("again", "GET", "/v1/charges", AGAIN)],
        "the earlier call 'again' needs itself",
    ),
    "no interaction named": (
        [interaction("x", "GET", "/v1/charges", ("an earlier call", {"values": {}}))],
        "the state 'an earlier call' names no interaction",
    ),
    "a place with nothing": (
        [
            INTERACTIONS["authorize"],
            interaction(
                "x", "GET", "/${id}", ("an earlier call", {"interaction": "authorize", "values": {"id": "$.no"}})
            ),
        ],
        "the reply to the earlier call 'authorize' does not give id: nothing stands at $.no",
    ),
    "another status": (
        [
            {**changed("sale, declined"), "response": {"status": 200}},
            interaction(
                "x", "GET", "/v1/charges", ("an earlier call", {"interaction": "sale, declined", "values": {}})
            ),
        ],
        "the earlier call 'sale, declined' was answered 402, not 200",
    ),
    "nobody went anywhere": (
        [interaction("x", "GET", "/v1/charges", ("the shopper acted", {"interaction": "authorize"}))],
        "the state 'the shopper acted' speaks of 'authorize', which was not carried out before it",
    ),
}


@pytest.mark.parametrize(("interactions", "words"), STATES.values(), ids=STATES)
def test_a_state_that_cannot_be_made_says_why(
    verify: Callable[..., Said], file: File, interactions: list[Document], words: str
) -> None:
    """The interaction is not checked, which is no fault of the provider's."""
    path = file(document(*interactions))
    said = verify(path)
    assert said.results[interactions[-1]["description"]] == "not checked"
    assert f"  {words.format(path=path)}\n" in said.out


def test_without_a_state_handler_what_needs_none_is_verified(
    verify: Callable[..., Said], file: File, served: Served
) -> None:
    """A vendor begins with the interactions whose requests hold published test data alone."""
    key = served.accounts.named("").credentials["secret_key"]
    published = interaction("x", "POST", "/v1/payment_intents", ("a payment method", {"card": "visa"}), form=PUBLISHED)
    path = file(document(published, INTERACTIONS["authorize"]))
    said = verify(path, "--url", served.url, "--header", f"Authorization=Bearer {key}")
    assert said.results == {"x": "verified", "authorize": "not checked"}
    assert "  its request needs token, which no state handler gives: name one with --state-url\n" in said.out
    assert key not in said.out


PUBLISHED = "amount=1099&currency=eur&payment_method=pm_card_visa"
