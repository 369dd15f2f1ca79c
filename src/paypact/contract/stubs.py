"""Stubs: a contract as the gateway of a shop's own unit tests, which then run on what was verified.

    with paypact.stubs("contracts/gateway/shop.json", "sale (approve)"):
        assert checkout(order).paid

A request that the contract does not hold fails the test, even where the code under test swallows the exception.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from paypact.contract import documents
from paypact.contract.matching import differences
from paypact.errors import UsageError

if TYPE_CHECKING:
    from requests import PreparedRequest

NEAREST: Final = 3  # interactions that are told of a request that fits none


class NotInContract(AssertionError):
    """The code under test sent what its contract does not hold."""


@dataclass
class Stubs:
    """What a test sees of its stubs: the interactions that were used, in order, and what fitted none."""

    interactions: Sequence[Mapping[str, Any]]
    file: str
    used: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    def answer(self, request: PreparedRequest) -> tuple[int, dict[str, str], bytes | str]:
        """The reply of the first interaction that the request is.

        Raises:
            NotInContract: it is none of them.
        """
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        assert isinstance(body, bytes)
        sent = (request.method or "", request.url or "", body, request.headers.get("content-type", ""))
        told = [(differences(each, *sent), each["description"]) for each in self.interactions]
        fitting = next((each for each, (found, _) in zip(self.interactions, told, strict=True) if not found), None)
        if fitting is None:
            self.strange.append(self._said(sent[0], sent[1], told))
            raise NotInContract(self.strange[-1])
        self.used.append(fitting["description"])
        return _reply(fitting["response"])

    def _said(self, method: str, url: str, told: list[tuple[list[str], str]]) -> str:
        near = sorted(
            told, key=lambda pair: (any(line.startswith(("method", "path")) for line in pair[0]), len(pair[0]))
        )
        lines = [f"{description}: {'; '.join(found)}" for found, description in near[:NEAREST]]
        path = urlsplit(url).path
        return f"{method} {path} is not in {self.file}. Nearest:\n  " + "\n  ".join(lines)


@contextmanager
def stubs(contract: str | Path, *only: str) -> Iterator[Stubs]:
    """Answer every request of `requests` from a contract within.

    `only` names the interactions that may be used, each by its description or the beginning of it; of several that fit
    a request, the one that is named first answers. Without it those of the file answer in its order, so that the
    plainest state comes first: name the state that a test is about.

    Raises:
        UsageError: the file is no contract, holds no such interaction, or `responses` is not installed.
        NotInContract: at the end, where anything was sent that the contract does not hold.
    """
    try:
        import responses
    except ModuleNotFoundError as missing:
        raise UsageError("paypact.stubs needs the library `responses`: pip install responses") from missing
    made = Stubs(_chosen(contract, only), str(contract))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        import re

        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
            mock.add_callback(method, re.compile(".*"), callback=made.answer)
        yield made
    if made.strange:
        raise NotInContract("\n".join(made.strange))


def _chosen(contract: str | Path, only: Sequence[str]) -> list[Mapping[str, Any]]:
    try:
        text = Path(contract).read_bytes()
    except OSError as error:
        raise UsageError(f"contract {contract} cannot be read: {error.strerror}. Name a Pact file") from None
    every = [each.raw for each in documents.contract(str(contract), text).interactions if each.kind == "http"]
    if not only:
        return every
    chosen: list[Mapping[str, Any]] = []
    for name in only:
        found = [each for each in every if each["description"] == name or each["description"].startswith(name)]
        if not found:
            known = ", ".join(each["description"] for each in every)
            raise UsageError(f"{contract} holds no interaction {name!r} (known: {known})")
        chosen += found
    return chosen


def _reply(response: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes | str]:
    headers = {
        name: ", ".join(value) if isinstance(value, list) else str(value)
        for name, value in response.get("headers", {}).items()
    }
    content = response.get("body", {}).get("content", "")
    body = content if isinstance(content, str) else json.dumps(content)
    return int(response["status"]), headers, body
