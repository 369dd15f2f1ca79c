"""The neutral words for a declined payment, read once: what each means, and whether the card may be tried again."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from paypact.errors import UsageError
from paypact.naming import unknown
from paypact.tables import load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

Class: TypeAlias = Literal["soft", "hard", "fraud", "auth", "tech", "data"]
Retry: TypeAlias = Literal[
    "soon", "later", "corrected", "changed", "authenticated", "after_call", "new_details", "check_first", "never"
]


class Reason(msgspec.Struct, frozen=True):
    """One neutral word.

    `iso` are the response codes (ISO 8583 data element 39) that usually carry it, `advice` Mastercard's merchant advice
    codes. `kind` is soft (may work later), hard, fraud, auth, tech or data (typed wrong); `retry` what must happen
    before the same card is tried again. `final` True: it must not be; None: sources differ, so nobody is judged by it.
    `general` words are right for any refusal, and the shopper must see no more than one where `show_as_general` is set.
    """

    word: str
    meaning: str
    kind: Class
    retry: Retry
    final: bool | None
    general: bool
    show_as_general: bool
    iso: tuple[str, ...]
    advice: tuple[str, ...]
    sources: tuple[str, ...]
    unconfirmed: tuple[str, ...]


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"kind": "class"}):
    meaning: str
    kind: Class
    retry: Retry
    sources: tuple[str, ...]
    final: bool | None = None
    general: bool = False
    show_as_general: bool = False
    iso: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()


class _Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sources: dict[str, str]
    reason: dict[str, _Row]


def read(file: Traversable) -> dict[str, Reason]:
    """The reasons of a vocabulary file.

    Raises:
        DataError: the file is broken; the message names the key and what may stand there.
    """
    rows = load(file, _Vocabulary).reason
    return {word: Reason(word=word, **msgspec.structs.asdict(row)) for word, row in rows.items()}


@cache
def reasons() -> Mapping[str, Reason]:
    """Every neutral word, the plainest first."""
    return MappingProxyType(read(files("paypact.fixtures") / "decline_reasons.toml"))


def reason(word: str) -> Reason:
    """The reason with this word.

    Raises:
        UsageError: there is none; the message names the nearest and all others.
    """
    try:
        return reasons()[word]
    except KeyError:
        raise UsageError(unknown("decline reason", word, reasons())) from None
