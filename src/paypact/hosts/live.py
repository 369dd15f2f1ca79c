"""Live-looking keys: paypact tries promises with test keys alone, and stops the run at the first sign of another."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from paypact.errors import PaypactError
from paypact.world.http import Request

_WAY_OUT = "give the integration `gateway.credentials`, which are test credentials made for the run"
_PREFIX = 10  # a vendor's prefix, as in `sk_test_`, ends within so many characters


class LiveKeyError(PaypactError):
    """Something that looks like a key of a live account was about to be used; the run stops at once (exit code 2)."""


def check_request(patterns: tuple[str, ...], request: Request, sign: str = "") -> None:
    """Look for a live-looking key in a request's URL, headers (Basic credentials decoded) and body.

    `sign` is a text that every such key holds: where it is missing, no pattern need be tried.

    Raises:
        LiveKeyError: there is one; the message shows no more of it than its prefix and its last four characters.
    """
    found = find(patterns, request, sign)
    if found is not None:
        key, place = found
        raise LiveKeyError(
            f"the code under test sent {request.method} {request.path} to {request.host} with a live-looking key, "
            f"{key}, in {place}. Nothing left this process, and the run stops here: {_WAY_OUT}"
        )


def find(patterns: tuple[str, ...], request: Request, sign: str = "") -> tuple[str, str] | None:
    """The first live-looking key of a request, masked, and where it stands; None where there is none."""
    pattern = _compiled(patterns)
    if pattern is None:
        return None
    for place, text in _texts(request):
        found = pattern.search(text) if sign in text else None
        if found is not None:
            return masked(found[0]), place
    return None


def _texts(request: Request) -> Iterator[tuple[str, str]]:
    yield "its URL or a header", "\n".join((request.url, *request.headers.values()))
    if request.body:
        yield "its body", request.body.decode("latin-1")
    authorization = request.headers.get("authorization", "")
    if authorization[:6].lower() == "basic ":
        yield "its Authorization header", basic(authorization)


def check_environment(
    patterns: Iterable[str], environ: Mapping[str, str], allowed: bool = False, what: str = "environment variable"
) -> None:
    """Look for live-looking keys among named values: the environment, or credentials (then say so in `what`).

    `allowed` is the setting `allow-live-env`: the values are there for another purpose, and may stay.

    Raises:
        LiveKeyError: there is one; the message names where it is and shows it masked.
    """
    pattern = None if allowed else _compiled(tuple(patterns))
    if pattern is None:
        return
    for name in sorted(environ):
        found = pattern.search(environ[name])
        if found is not None:
            raise LiveKeyError(
                f"{what} {name} holds a live-looking key, {masked(found[0])}: unset it for this run; "
                "or, if it must stay, write allow-live-env = true under [tool.paypact]"
            )


def masked(key: str) -> str:
    """A key as its owner can recognise it and nobody can use it: the vendor's prefix, and the last four characters."""
    prefix = key[: key.rfind("_", 0, _PREFIX) + 1]
    return f"{prefix}…{key[-4:]}"


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None


@lru_cache(maxsize=64)
def basic(header: str) -> str:
    """What a Basic Authorization header says; empty where it says nothing."""
    try:
        return base64.b64decode(header[6:]).decode("latin-1")
    except binascii.Error:
        return ""
