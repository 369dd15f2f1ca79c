"""Verification: Pact's own verifier, with provider states of ours, and a judge that does not pass what it has not seen.

What is known of the verifier (pact-python 4.2) and handled here:

- it passes where it selects nothing, so the results must name every interaction of the contract;
- it calls a state handler that answers 500 again eight times, for two minutes, so ours answers 422;
- its report is printed by native code, so it is kept from standard output;
- it counts its users unless told otherwise.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from paypact.contract.documents import Contract, Interaction
from paypact.contract.handler import Handler
from paypact.contract.provider import Provider
from paypact.contract.sources import Broker
from paypact.contract.verification import Checked, Result, Verification, mismatches
from paypact.errors import UsageError
from paypact.world.redaction import Redactor

_PATIENCE: Final = 30_000  # milliseconds that a provider has for one reply


class Publish:
    """That results go back to the broker, as those of this version of the provider."""

    def __init__(self, version: str, branch: str = "", build: str = "") -> None:
        self.version, self.branch, self.build = version, branch, build


def verify(
    contracts: Sequence[Contract],
    provider: Provider,
    *,
    secrets: Sequence[str] = (),
    broker: Broker | None = None,
    publish: Publish | None = None,
) -> Verification:
    """Verify each contract against the provider, one interaction after the other.

    With `broker` the contracts are those that were read from it, and the verifier takes them from there itself.

    Raises:
        UsageError: pact-python is not installed.
    """
    redactor = Redactor((*secrets, *provider.headers.values()))
    checked: list[Checked] = []
    with _publishing() as failed:
        for contract in contracts:
            checked += _verified(contract, provider, redactor, broker, publish)
    unpublished = redactor.text("; ".join(failed)) if publish is not None else ""
    return Verification(provider=provider.name, url=provider.url, checked=tuple(checked), unpublished=unpublished)


def _verified(
    contract: Contract, provider: Provider, redactor: Redactor, broker: Broker | None, publish: Publish | None
) -> Iterator[Checked]:
    parts = urlsplit(provider.url)
    host = parts.hostname or ""
    with Handler(contract, provider) as handler, tempfile.TemporaryDirectory() as folder:
        verifier = _library().Verifier(contract.provider, host=host)
        verifier.add_transport(
            protocol="http",
            scheme=parts.scheme,
            port=parts.port or (443 if parts.scheme == "https" else 80),
            path=parts.path or "/",
        )
        verifier.add_transport(protocol="message", scheme="http", port=handler.port, path="/message")
        verifier.state_handler(handler.url, body=True, teardown=True)
        verifier.set_request_timeout(_PATIENCE)
        verifier.set_coloured_output(enabled=False)
        for name, value in provider.headers.items():
            verifier.add_custom_header(name, value)
        if broker is None:
            file = Path(folder) / "contract.json"
            file.write_bytes(contract.text)
            verifier.add_source(file)
        else:
            _from_broker(verifier, broker, contract, publish)
        with _quiet(), suppress(RuntimeError):  # it says that something failed; the results say what
            verifier.verify()
        results = verifier.results or {}
    yield from _judged(contract, results, handler, redactor)


def _from_broker(verifier: Any, broker: Broker, contract: Contract, publish: Publish | None) -> None:
    known = {"token": broker.token} if broker.token else {}
    if broker.user:
        known = {"username": broker.user, "password": broker.password}
    verifier.broker_source(broker.url, use_env=False, **known)
    verifier.filter_consumers(contract.consumer)
    if publish is not None:
        verifier.set_publish_options(publish.version, publish.build or None, publish.branch or None)


def _judged(contract: Contract, results: dict[str, Any], handler: Handler, redactor: Redactor) -> Iterator[Checked]:
    """One record for each interaction of the contract, whatever the verifier has told of it."""
    told: list[dict[str, Any]] = list(results.get("interactionResults") or ())
    for interaction in contract.interactions:
        states = tuple(state.name for state in interaction.states)
        own = next((one for one in told if _is_of(one, interaction)), None)
        if own is not None:
            told.remove(own)
        yield _one(contract, interaction, states, own, handler, redactor)


def _is_of(one: dict[str, Any], interaction: Interaction) -> bool:
    names = [state.name for state in interaction.states]
    return one.get("description") == interaction.description and list(one.get("providerStates") or ()) == names


def _one(
    contract: Contract,
    interaction: Interaction,
    states: tuple[str, ...],
    own: dict[str, Any] | None,
    handler: Handler,
    redactor: Redactor,
) -> Checked:
    known: dict[str, Any] = {
        "contract": contract.source,
        "consumer": contract.consumer,
        "interaction": interaction.description,
        "states": states,
    }
    if own is None:
        return Checked(**known, result="not checked", reason="the verifier did not select it")
    known["seconds"] = _seconds(str(own.get("duration", "")))
    if own.get("result") == "OK":
        return Checked(**known, result="verified")
    found = own.get("mismatch") or {}
    if found.get("type") == "mismatches":
        result: Result = "pending" if own.get("pending") else "broken"
        return Checked(**known, result=result, mismatches=mismatches(found, redactor))
    why = handler.why(interaction) or str(found.get("message") or "the verifier says nothing more")
    return Checked(**known, result="not checked", reason=redactor.text(why))


def _seconds(text: str) -> float:
    """The seconds that the verifier writes as `12ms` or `1.5s`."""
    for unit, factor in (("µs", 1e-6), ("ms", 1e-3), ("s", 1.0)):
        if text.endswith(unit):
            try:
                return float(text.removesuffix(unit)) * factor
            except ValueError:
                return 0.0
    return 0.0


def _library() -> Any:
    """pact-python, told to count nobody and to keep its log to itself."""
    os.environ["PACT_DO_NOT_TRACK"] = "true"
    try:
        import pact
    except ImportError:
        raise UsageError("verify needs pact-python, the standard verifier: pip install 'paypact[verify]'") from None
    log = logging.getLogger("pact.ffi")
    log.setLevel(logging.ERROR)  # heeded once, when the library starts
    log.propagate = False
    return pact


class _Failures(logging.Handler):
    """What the verifier says of results that it could not publish: its log is the only place."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if "ublish" in text:
            self.said.append(text)


@contextmanager
def _publishing() -> Iterator[list[str]]:
    log, failures = logging.getLogger("pact.ffi"), _Failures()
    log.addHandler(failures)
    try:
        yield failures.said
    finally:
        log.removeHandler(failures)


@contextmanager
def _quiet() -> Iterator[None]:
    """What native code writes to standard output within is not seen."""
    sys.stdout.flush()
    kept, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)
