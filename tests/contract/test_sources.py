"""Where contracts come from, and mistakes in use: one message each, and nothing is written."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3

from paypact.cli import call
from paypact.contract import sources

pytest.importorskip("pact", reason="pact-python is not installed: pip install 'paypact[verify]'")

ONE = {
    "type": "Synchronous/HTTP",
    "description": "look up what nobody paid",
    "request": {"method": "GET", "path": "/v1/payment_intents/pi_unknown"},
    "response": {"status": 404},
}


def pact(provider: str = "stripe", consumer: str = "shop", **response: Any) -> dict[str, Any]:
    return {
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "interactions": [{**ONE, "response": {**ONE["response"], **response}}],  # type: ignore[dict-item] # a document
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }


class Server:
    """A web server with these pages, `{url}` in them filled: a status, data, or where to go instead.

    It wants a token where told so.
    """

    def __init__(self, pages: dict[str, Any], authorization: str = "") -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.pages = pages
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply()

            def do_POST(self) -> None:
                self._reply(json.loads(self.rfile.read(int(self.headers["content-length"]))))

            do_PUT = do_POST  # noqa: N815 - as the base class looks for it

            def _reply(self, body: Any = None) -> None:
                server.asked.append((self.command, self.path, body))
                found = server.pages.get(self.path, 404)
                if authorization and self.headers.get("authorization") != authorization:
                    found = 401
                status, data = (found, b"") if isinstance(found, int) else (200, json.dumps(found).encode())
                data = data.replace(b"{url}", server.url.encode())
                if isinstance(found, str):  # elsewhere
                    status, data = 302, b""
                self.send_response(status)
                if isinstance(found, str):
                    self.send_header("location", found.format(url=server.url))
                self.send_header("content-type", "application/hal+json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def server() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def make(pages: dict[str, Any], authorization: str = "") -> Server:
        made.append(Server(pages, authorization))
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()
        one.server.server_close()


@pytest.fixture
def verify(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, list[str]]]:
    """Run the command in an empty folder: exit code, standard error, and which consumers' interactions it looked at."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, provider: str = "stripe") -> tuple[int, str, list[str]]:
        code = call(["verify", *arguments, "--provider", provider, "--json", "result.json"])
        file = tmp_path / "result.json"
        checked = json.loads(file.read_bytes())["checked"] if file.exists() else []
        return code, capfd.readouterr().err, [f"{one['consumer']} {one['result']}" for one in checked]

    return run


Verify = Callable[..., tuple[int, str, list[str]]]

# A stand-in for a broker, made after what the verifier asks of one: the real one is a Ruby program.
LISTED = {
    "shortDescription": "latest",
    "verificationProperties": {"pending": False, "notices": []},
    "_links": {"self": {"href": "{url}/pacts/shop", "name": "Pact between shop and stripe"}},
}
BROKER: dict[str, Any] = {
    "/": {
        "_links": {
            "pb:latest-provider-pacts": {"href": "{url}/provider/{provider}/latest", "templated": True},
            "pb:provider-pacts-for-verification": {"href": "{url}/for-verification/{provider}", "templated": True},
            "pb:provider": {"href": "{url}/provider/{provider}", "templated": True},
            "pb:pacticipant-version": {"href": "{url}/version/{pacticipant}/{version}", "templated": True},
        }
    },
    "/provider/stripe/latest": {"_links": {"pb:pacts": [{"href": "{url}/pacts/shop"}]}},
    "/for-verification/stripe": {
        "_embedded": {"pacts": [LISTED]},
        "_links": {"self": {"href": "{url}/for-verification/stripe"}},
    },
    "/pacts/shop": {
        **pact(),
        "_links": {
            "self": {"href": "{url}/pacts/shop"},
            "pb:provider": {"href": "{url}/provider/stripe", "name": "stripe"},
            "pb:publish-verification-results": {"href": "{url}/pacts/shop/results"},
        },
    },
    "/provider/stripe": {
        "_links": {"pb:branch-version": {"href": "{url}/branch/{branch}/{version}", "templated": True}}
    },
    "/branch/main/7.1": {"_links": {}},
    "/pacts/shop/results": {"_links": {}},
}


# --- what is found ----------------------------------------------------------------------------------------------------


def test_of_a_folder_all_contracts_for_the_provider(verify: Verify, tmp_path: Path) -> None:
    """A folder, such as a git repository of contracts, is a broker: those for others are left to them."""
    for name, data in {"a/web.json": pact(consumer="web"), "b.json": pact(), "c.json": pact("adyen")}.items():
        (tmp_path / "all" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "all" / name).write_text(json.dumps(data), encoding="utf-8")
    assert verify("all") == (0, "", ["web verified", "shop verified"])


OLDER = {
    "V2": {
        "interactions": [
            {
                "description": "look up",
                "request": {"method": "get", "path": "/v1/payment_intents/pi_unknown"},
                "response": {"status": 404},
            }
        ],
        "metadata": {"pactSpecification": {"version": "2.0.0"}},
    },
    "V3": {
        "interactions": [
            {
                "description": "list",
                "providerStates": [{"name": "a payment method", "params": {"card": "visa"}}],
                "request": {"method": "GET", "path": "/v1/charges", "query": {"limit": ["3"]}},
                "response": {"status": 200, "body": {"object": "list", "data": []}},
            }
        ],
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    },
}


@pytest.mark.parametrize("version", OLDER)
def test_older_versions_of_pact_are_verified(verify: Verify, tmp_path: Path, version: str) -> None:
    """What other tools still write, with and without provider states."""
    names = {"consumer": {"name": "shop"}, "provider": {"name": "stripe"}}
    (tmp_path / "old.json").write_text(json.dumps({**names, **OLDER[version]}), encoding="utf-8")
    assert verify("old.json") == (0, "", ["shop verified"])


def test_of_a_url(verify: Verify, server: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> None:
    """With headers, whose secrets come from the environment."""
    monkeypatch.setenv("CONTRACTS_TOKEN", "t-" + "1234567")
    at = server({"/shop.json": pact()}, authorization="Bearer t-1234567")
    header = "Authorization=Bearer $CONTRACTS_TOKEN"
    assert verify(f"{at.url}/shop.json", "--source-header", header) == (0, "", ["shop verified"])


def test_of_a_url_that_leads_elsewhere(
    verify: Verify, server: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirect is followed; what authenticates at one host is not told to the next."""
    monkeypatch.setenv("CONTRACTS_TOKEN", "t-" + "1234567")
    there = server({"/shop.json": pact()}, authorization="Bearer t-1234567")
    here = server({"/old.json": f"{there.url}/shop.json".replace("127.0.0.1", "localhost"), "/open.json": "{url}/shop"})
    here.pages["/shop"] = pact()
    header = "Authorization=Bearer $CONTRACTS_TOKEN"
    assert verify(f"{here.url}/open.json") == (0, "", ["shop verified"])
    code, err, _ = verify(f"{here.url}/old.json", "--source-header", header)
    assert (code, err.partition(" answers ")[2][:4]) == (2, "401:")


@pytest.mark.parametrize(
    ("options", "authorization"),
    [
        ([], ""),
        (["--broker-token", "${TOKEN}"], "Bearer secret-1"),
        (["--broker-user", "jo", "--broker-password", "$TOKEN"], "Basic " + base64.b64encode(b"jo:secret-1").decode()),
    ],
    ids=["open", "token", "password"],
)
def test_of_a_broker(
    verify: Verify, server: Callable[..., Server], monkeypatch: Any, options: list[str], authorization: str
) -> None:
    """Through the verifier's own support for brokers; results are published only where that was asked for."""
    monkeypatch.setenv("TOKEN", "secret-1")
    at = server(BROKER, authorization)
    assert verify("--broker", at.url, *options) == (0, "", ["shop verified"])
    assert [path for method, path, _ in at.asked if method == "POST"] == ["/for-verification/stripe"]


def test_results_go_to_the_broker(verify: Verify, server: Callable[..., Server]) -> None:
    """As those of this version of the provider, the failed ones too."""
    at = server({**BROKER, "/pacts/shop": {**BROKER["/pacts/shop"], **pact(status=200)}})
    assert verify("--broker", at.url, "--publish", "7.1", "--branch", "main")[0::2] == (1, ["shop broken"])
    results = [body for method, path, body in at.asked if path == "/pacts/shop/results"]
    assert [(one["providerApplicationVersion"], one["success"]) for one in results] == [("7.1", False)]


def test_results_that_did_not_arrive_are_no_success(
    verify: Verify, server: Callable[..., Server], capfd: pytest.CaptureFixture[str]
) -> None:
    """Everything is verified, and nobody would know."""
    links = {"self": {"href": "{url}/pacts/shop"}}
    at = server({**BROKER, "/pacts/shop": {**BROKER["/pacts/shop"], "_links": links}})
    assert verify("--broker", at.url, "--publish", "7.1")[0::2] == (2, ["shop verified"])


# --- what is wrong ----------------------------------------------------------------------------------------------------

ELSEWHERE = "name that one, or another contract"
CREDENTIALS = (
    "it wants other credentials. Give them with --broker-token, --broker-user and --broker-password, "
    "or for a URL with --source-header NAME=VALUE"
)
REFUSED = "cannot be reached: Connection refused. Look at the address"
NO_BROKER = "it is no Pact Broker, or not its front page"
MISTAKES: dict[str, tuple[list[str], str]] = {
    "no file": (
        ["gone.json"],
        "contract gone.json cannot be read: No such file or directory. Name a Pact file, a folder of them, or a URL",
    ),
    "truncated": (
        ["cut.json"],
        "contract cut.json is no JSON, or not whole: Expecting value: line 1 column 14 (char 13)",
    ),
    "another document": (["openapi.json"], "contract openapi.json is no Pact file: it has no 'consumer'"),
    "another provider": (
        ["adyen.json"],
        f"contract adyen.json is for provider 'adyen', not 'stripe': {ELSEWHERE}",
    ),
    "empty folder": (["empty"], "folder empty holds no contract: there is no .json file in it"),
    "folder for others": (["others"], "folder others holds no contract for provider 'stripe' (only for: adyen)"),
    "url refused": (["{closed}/shop.json"], f"contract {{closed}}/shop.json {REFUSED}"),
    "url that leads in a circle": (
        ["{url}/round"],
        "contract {url}/round cannot be reached: too many redirects. Look at the address",
    ),
    "url 404": (["{url}/gone"], "contract {url}/gone answers 404: there is none. Look at the address"),
    "url 401": (["{url}/401"], f"contract {{url}}/401 answers 401: {CREDENTIALS}"),
    "url 503": (
        ["{url}/503"],
        "contract {url}/503 answers 503: it fails, and nothing was verified. Try again later",
    ),
    "broker refused": (["--broker", "{closed}"], f"broker {{closed}} {REFUSED}"),
    "broker 401": (["--broker", "{url}/401"], f"broker {{url}}/401 answers 401: {CREDENTIALS}"),
    "broker 404": (["--broker", "{url}/gone"], "broker {url}/gone answers 404: there is none. Look at the address"),
    "broker 500": (
        ["--broker", "{url}/500"],
        "broker {url}/500 answers 500: it fails, and nothing was verified. Try again later",
    ),
    "no broker": (
        ["--broker", "{url}/page"],
        f"broker {{url}}/page offers no link pb:latest-provider-pacts: {NO_BROKER}",
    ),
    "no HAL": (["--broker", "{url}/list"], f"broker {{url}}/list does not speak HAL: {NO_BROKER}"),
    "broker without contracts": (["--broker", "{url}/bare"], "broker {url}/bare has no contract for provider 'stripe'"),
    "broker that lists none": (["--broker", "{url}/none"], "broker {url}/none has no contract for provider 'stripe'"),
    "broker and file": (
        ["shop.json", "--broker", "{url}"],
        "verify takes contracts from places or from a broker, not from both: leave one out",
    ),
    "token without broker": (["--broker-token", "x"], "--broker-token belongs to a --broker, and none was named"),
    "publish without broker": (["--publish", "1"], "--publish belongs to a --broker, and none was named"),
    "provider refused": (
        ["shop.json", "--url", "{closed}"],
        "provider at {closed} cannot be reached: Connection refused. Start it, or correct --url",
    ),
    "no url": (
        ["shop.json", "--url", "127.0.0.1:80"],
        "--url 127.0.0.1:80 is no URL: write https://host, with a port where it has one",
    ),
    "state handler of a simulator": (
        ["shop.json", "--state-url", "{url}"],
        "--state-url and --message-url belong to a provider at a --url; the simulator has its own",
    ),
    "header": (
        ["shop.json", "--header", "Authorization"],
        "--header 'Authorization' is not written as NAME=VALUE, such as Authorization='Bearer $KEY'",
    ),
    "variable": (
        ["shop.json", "--header", "Authorization=Bearer $NO_SUCH_KEY"],
        "--header: the environment has no variable NO_SUCH_KEY. Set it, or write the value",
    ),
}


@pytest.mark.parametrize(("arguments", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_message(
    verify: Verify, server: Callable[..., Server], tmp_path: Path, arguments: list[str], words: str
) -> None:
    """Exit code 2, in a moment, and no result is written."""
    link = {"href": "{url}/gone", "templated": True}
    at = server(
        {
            "/401": 401,
            "/500": 500,
            "/503": 503,
            "/round": "{url}/round",
            "/page": {},
            "/list": [],
            "/bare": {"_links": {"pb:latest-provider-pacts": link}},
            "/none": {"_links": {"pb:latest-provider-pacts": {**link, "href": "{url}/nothing"}}},
            "/nothing": {"_links": {"pb:pacts": []}},
        }
    )
    texts = {
        "shop.json": json.dumps(pact()),
        "cut.json": '{"consumer": ',
        "openapi.json": '{"openapi": "3.1.0"}',
        "adyen.json": json.dumps(pact("adyen")),
        "others/adyen.json": json.dumps(pact("adyen")),
        "empty/README": "",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        known = {"url": at.url, "closed": f"http://127.0.0.1:{free.getsockname()[1]}"}
    code, err, checked = verify(*(argument.format(**known) for argument in arguments))
    assert (code, err, checked) == (2, f"paypact: {words.format(**known)}\n", [])


def test_the_provider_must_be_known_where_its_simulator_is_asked(verify: Verify, tmp_path: Path) -> None:
    """Without a URL there must be a simulator."""
    (tmp_path / "bank.json").write_text(json.dumps(pact("bank")), encoding="utf-8")
    code, err, _ = verify("bank.json", provider="bank")
    assert (code, err[: len("paypact: unknown gateway 'bank'")]) == (2, "paypact: unknown gateway 'bank'")


def test_a_provider_must_be_named(verify: Verify) -> None:
    """Its name is what contracts call it."""
    assert verify("shop.json", provider="")[:2] == (
        2,
        "paypact: verify needs --provider NAME, as the contracts call the provider\n",
    )


def test_a_certificate_that_is_not_trusted() -> None:
    """Where a private authority signed the certificate, the message says how it is named."""
    error = urllib3.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] unable to get local issuer certificate")
    assert sources.reason(error) == "its certificate is not trusted. Name the file of its authority in SSL_CERT_FILE"
