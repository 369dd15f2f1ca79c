"""A shell script of curl calls that sends a case's requests again, to simulators that `paypact serve` serves.

Nothing in it is of the run that found the case: credentials are variables, cards are those that the vendor publishes,
and ids that a reply brings about are taken from the reply.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from paypact.replay import quoted
from paypact.world.http import Response
from paypact.world.recording import Exchange

KEPT: Final = re.compile(r"content-type|accept|.*(idempoten|version).*")  # headers that the gateway's answer hangs on
_FRESH: Final = re.compile(r".*idempoten.*")  # a key that was used is answered as it was then
_TOKEN = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_-]{5,}")
_MARK = re.compile(r"\x00([A-Z0-9_]+)\x00")  # where a variable stands, until the text is quoted
_CONTEXT: Final = (6, 40)  # characters before an id by which it is found in a reply
_LEAST = 6  # characters of a credential: shorter ones also stand elsewhere by accident


@dataclass
class Script:
    """Built from exchanges, in their order. `swaps` is what the run had -> what the vendor publishes instead."""

    title: str
    gateway: str
    credentials: Mapping[str, str]
    swaps: Mapping[str, str]
    variables: dict[str, str] = field(default_factory=dict)  # name of the credential -> value, as far as used
    known: dict[bytes, str] = field(default_factory=dict)  # id -> the variable that holds it

    def text(self, exchanges: Sequence[Exchange]) -> str:
        """The whole script."""
        calls = [self._call(place, exchanges) for place in range(len(exchanges))]
        needed = [_credential(key, name) for key, name in self.variables.items()]
        return "\n".join(
            [
                "#!/bin/sh",
                f"# {self.title}",
                f"# Serve the simulator first: paypact serve --gateway {self.gateway} --port 4242",
                "# Then run this. It prints each reply. URL and credentials may be given in the environment.",
                "set -eu",
                "URL=${URL:-http://127.0.0.1:4242}",
                "RUN=$(date +%s)-$$",
                'accounts=$(curl -sS "$URL/_paypact/")',
                *needed,
                "",
                *calls,
            ]
        )

    def _call(self, place: int, exchanges: Sequence[Exchange]) -> str:
        exchange = exchanges[place]
        request = exchange.request
        path = request.path + (f"?{request.query}" if request.query else "")
        words = [f"curl -sS -X {request.method} {self._quoted(f'{chr(0)}URL{chr(0)}{path}')}"]
        for name, value in request.headers.items():
            if user := self._user(value):
                words.append(f"-u {self._quoted(user)}")
            elif KEPT.fullmatch(name) or self._carries(value):
                fresh = f"-{chr(0)}RUN{chr(0)}" if _FRESH.fullmatch(name) else ""
                words.append(f"-H {self._quoted(f'{name}: {value}{fresh}')}")
        if request.body:
            words.append(f"--data-binary {self._quoted(request.body.decode('utf-8', 'replace'))}")
        call = " \\\n  ".join(words)
        lines = [f"# {exchange.number}  {exchange.operation}: {_came_back(exchange)}"]
        lines += [f"reply=$({call})", "printf '%s\\n' \"$reply\""]
        lines += self._ids(place, exchanges)
        return "\n".join([*lines, ""])

    def _ids(self, place: int, exchanges: Sequence[Exchange]) -> Iterable[str]:
        """Lines that take from a reply what later requests repeat and no earlier one has said: words with a digit."""
        raw = exchanges[place].raw
        later = b" ".join(_bytes(each) for each in exchanges[place + 1 :])
        before = b" ".join(_bytes(each) for each in exchanges[: place + 1])
        wanted = dict.fromkeys(token for token in _TOKEN.findall(later) if any(48 <= byte <= 57 for byte in token))
        for token in wanted:
            if token in self.known or token in before or token not in raw:
                continue
            context = _context(raw, token)
            if context is None:
                continue
            name = f"ID{len(self.known) + 1}"
            self.known[token] = name
            yield (
                f"{name}=$(printf '%s' \"$reply\" | grep -o {quoted(_pattern(context) + '[A-Za-z0-9_-]*')} "
                f"| head -n 1 | cut -c{len(context) + 1}-)"
            )

    def _quoted(self, text: str) -> str:
        """One word of a shell: literal but for variables. What the run had is swapped on the way."""
        for key, value in sorted(self.credentials.items(), key=lambda item: -len(item[1])):
            if len(value) >= _LEAST and value in text:
                self.variables[key] = key.upper()
                text = text.replace(value, f"\0{key.upper()}\0")
        for mine, published in self.swaps.items():
            text = text.replace(mine, published)
        for token, name in self.known.items():
            text = text.replace(token.decode(), f"\0{name}\0")
        parts = _MARK.split(text)
        return "".join(quoted(part) if place % 2 == 0 else f'"${part}"' for place, part in enumerate(parts) if part)

    def _carries(self, value: str) -> bool:
        return any(secret in value for secret in self.credentials.values() if len(secret) >= _LEAST)

    def _user(self, value: str) -> str:
        """User and password of basic authentication, where they are credentials."""
        scheme, _, coded = value.partition(" ")
        if scheme.lower() != "basic":
            return ""
        try:
            plain = base64.b64decode(coded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return ""
        return plain if self._carries(plain) else ""


def _credential(key: str, name: str) -> str:
    """A variable of that name: as it is given, else what the simulator says of its first account."""
    pattern = f'"{key}": *"[^"]*'
    take = f"grep -o {quoted(pattern)} | head -n 1 | sed 's/.*\"//'"
    return f"{name}=${{{name}:-$(printf '%s' \"$accounts\" | {take})}}"


def _came_back(exchange: Exchange) -> str:
    """What happened then, in the case."""
    booked = ", ".join(exchange.events) or "booked nothing"
    if not isinstance(exchange.reply, Response):
        lost = exchange.failure.kind if exchange.failure else "lost"
        return f"{booked}; in the case the reply was lost ({lost}), which this script does not repeat"
    fault = f"; in the case after {exchange.fault}, which this script does not repeat" if exchange.fault else ""
    return f"{exchange.reply.status}, {booked}{fault}"


def _bytes(exchange: Exchange) -> bytes:
    return b" ".join(
        [exchange.request.url.encode(), *map(str.encode, exchange.request.headers.values()), exchange.request.body]
    )


def _context(raw: bytes, token: bytes) -> bytes | None:
    """The shortest text on the same line, before the first place of a token, that stands nowhere before that."""
    at = raw.index(token)
    line = raw[raw.rfind(b"\n", 0, at) + 1 : at]
    for length in range(min(len(line), _CONTEXT[0]), min(len(line), _CONTEXT[1]) + 1):
        context = line[-length:]
        if raw.index(context) == at - length and context.isascii():
            return context
    return None


def _pattern(context: bytes) -> str:
    """A basic regular expression that matches exactly this."""
    return re.sub(r"([\\.\[\]*^$])", r"\\\1", context.decode())
