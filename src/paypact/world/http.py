"""Requests and replies as a simulator sees them: no sockets, no client library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import msgspec

Body: TypeAlias = Any  # a `Wire`, an envelope or list of them, or ready bytes: the response's codec renders it


class Request(msgspec.Struct, frozen=True):
    """One HTTP request, normalised by the host: header names lower-case, header values text, body bytes."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> str:
        return urlsplit(self.url).query


@dataclass(slots=True)
class Response:
    """One HTTP reply. `body` stays typed until the last moment, because variations need its declaration.

    `refused` names the rule by which the vendor would refuse the request; empty for a request that was carried out.
    `unmodelled` lists parameters the vendor documents and the simulator accepted without modelling them.
    """

    status: int
    body: Body = b""
    headers: dict[str, str] = field(default_factory=dict)
    refused: str = ""
    unmodelled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """No reply reached the client: `kind` says how (the host raises what its client library raises).

    Kinds: connect-timeout, connect-refused, read-timeout, reset, cut-body (then `response` holds what was cut).
    """

    kind: str
    response: Response | None = None


class Refusal(Exception):
    """The vendor says no: raised anywhere in a simulator, it is answered with its `response`."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.refused)
        self.response = response


class NotSimulatedError(Exception):
    """The vendor documents this endpoint, parameter value, header or version, and the simulator does not model it."""
