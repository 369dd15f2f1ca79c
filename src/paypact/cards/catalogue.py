"""The card schemes in use, read once from the catalogue, and which of them a number belongs to."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import msgspec

from paypact.cards.card import Funding
from paypact.errors import UsageError
from paypact.naming import unknown
from paypact.tables import load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

Confidence: TypeAlias = Literal["high", "medium", "low"]
Luhn: TypeAlias = Literal["required", "none", "partial", "variant", "unknown"]
Prefixes: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^\d{1,8}(-\d{1,8})?$")]
Length: TypeAlias = Annotated[int, msgspec.Meta(ge=8, le=19)]  # ISO/IEC 7812: an account number has at most 19 digits


class Cvc(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The security code of a scheme: its own name for it, how many digits, and whether a card shows one."""

    length: Annotated[int, msgspec.Meta(ge=0, le=4)]
    presence: Literal["required", "optional", "none", "unknown"]
    name: str = ""


class Range(msgspec.Struct, frozen=True):
    """Numbers that begin with a prefix between `low` and `high`, both included; the usual length comes first."""

    low: str
    high: str
    lengths: tuple[int, ...]
    confidence: Confidence
    sources: tuple[str, ...]

    @property
    def width(self) -> int:
        return len(self.low)

    @property
    def span(self) -> int:
        return int(self.high) - int(self.low)

    def holds(self, number: str) -> bool:
        """Whether `number` begins with a prefix of this range, whatever its length."""
        return self.low <= number[: self.width] <= self.high and len(number) >= self.width


class Scheme(msgspec.Struct, frozen=True):
    """One card scheme.

    `ranges` are those that numbers are built from, `detected` wider claims that only help to recognise a number.
    `lengths` and `funding` begin with the usual one. `cobadge` are the schemes whose numbers a card of this one may
    carry, `usually_cobadged` says that most do. `parent` is the brand that a product such as Visa Electron belongs to.
    `wallets` can hold such a card. What `unconfirmed` names was read in no source, or in a weak one.
    """

    id: str
    name: str
    ranges: tuple[Range, ...]
    detected: tuple[Range, ...]
    lengths: tuple[int, ...]
    luhn: Luhn
    cvc: Cvc
    expiry: Literal["always", "may_be_absent"]
    funding: tuple[Funding, ...]
    regions: tuple[str, ...]
    cobadge: tuple[str, ...]
    usually_cobadged: bool
    parent: str | None
    status: str
    confidence: Confidence
    sources: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    note: str
    wallets: tuple[str, ...]


class Wallet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wallet, or network tokens: which schemes it holds, and whether it may pay without naming the one underneath."""

    name: str
    schemes: tuple[str, ...]
    sources: tuple[str, ...]
    unconfirmed: tuple[str, ...] = ()
    unnamed: bool = False


class _Ranges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    prefixes: tuple[Prefixes, ...]
    confidence: Confidence
    sources: tuple[str, ...]
    lengths: tuple[Length, ...] = ()


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    lengths: tuple[Length, ...]
    luhn: Luhn
    cvc: Cvc
    expiry: Literal["always", "may_be_absent"]
    funding: tuple[Funding, ...]
    regions: tuple[str, ...]
    status: Literal["active", "domestic", "card_present", "cobadge_only", "retiring", "legacy"]
    confidence: Confidence
    sources: tuple[str, ...]
    cobadge: tuple[str, ...] = ()
    usually_cobadged: bool = False
    parent: str | None = None
    unconfirmed: tuple[str, ...] = ()
    note: str = ""
    build: tuple[_Ranges, ...] = ()
    detect: tuple[_Ranges, ...] = ()


class _Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    unconfirmed: tuple[str, ...]
    sources: dict[str, str]
    scheme: dict[str, _Row]
    wallet: dict[str, Wallet]


def read(file: Traversable) -> tuple[dict[str, Scheme], dict[str, Wallet]]:
    """Schemes and wallets of a catalogue file.

    Raises:
        DataError: the file is broken; the message names the key and what may stand there.
    """
    catalogue = load(file, _Catalogue)
    schemes = {name: _scheme(name, row, catalogue.wallet) for name, row in catalogue.scheme.items()}
    return schemes, catalogue.wallet


def _scheme(name: str, row: _Row, wallets: Mapping[str, Wallet]) -> Scheme:
    plain = {key: value for key, value in msgspec.structs.asdict(row).items() if key not in ("build", "detect")}
    return Scheme(
        id=name,
        ranges=_ranges(row.build, row.lengths),
        detected=_ranges(row.detect, row.lengths),
        wallets=tuple(wallet for wallet, held in wallets.items() if name in held.schemes),
        **plain,
    )


def _ranges(groups: tuple[_Ranges, ...], lengths: tuple[int, ...]) -> tuple[Range, ...]:
    return tuple(
        Range(
            low=prefixes.partition("-")[0],
            high=prefixes.rpartition("-")[2],
            lengths=group.lengths or lengths,
            confidence=group.confidence,
            sources=group.sources,
        )
        for group in groups
        for prefixes in group.prefixes
    )


@cache
def _bundled() -> tuple[Mapping[str, Scheme], Mapping[str, Wallet]]:
    found, held = read(files("paypact.fixtures") / "card_schemes.toml")
    return MappingProxyType(found), MappingProxyType(held)


def schemes() -> Mapping[str, Scheme]:
    """Every scheme of the catalogue by its id, the plainest first."""
    return _bundled()[0]


def wallets() -> Mapping[str, Wallet]:
    """Every wallet of the catalogue by its id, the plainest first; network tokens are one of them."""
    return _bundled()[1]


def scheme(name: str) -> Scheme:
    """The scheme with this id.

    Raises:
        UsageError: there is none; the message names the nearest and all others.
    """
    try:
        return schemes()[name]
    except KeyError:
        raise UsageError(unknown("card scheme", name, schemes())) from None


@cache
def _claims() -> tuple[tuple[Range, str], ...]:
    """All ranges in the order in which they claim a number: agreed before disputed, long before short, narrow first."""
    claims = [
        (disputed, -each.width, each.span, place, each, one.id)
        for place, one in enumerate(schemes().values())
        for disputed, ranges in enumerate((one.ranges, one.detected))
        for each in ranges
    ]
    return tuple((each, owner) for *_, each, owner in sorted(claims, key=lambda claim: claim[:4]))


_WIDEST = 8  # no prefix of the catalogue is longer


@lru_cache(maxsize=4096)
def claimant(beginning: str) -> tuple[Range, str] | None:
    """The range that wins a number with this beginning (its first eight digits), and the id of its scheme."""
    return next((claim for claim in _claims() if claim[0].holds(beginning)), None)


def classify(number: str) -> str | None:
    """The id of the scheme a number belongs to, None when no scheme claims it.

    The longest prefix wins; a range that independent sources share wins over a disputed one. Only prefixes are looked
    at, not the length or the check digit. A co-badged card is known by the scheme whose number it carries.
    """
    claim = claimant(number[:_WIDEST]) if number.isascii() and number.isdigit() else None
    return claim[1] if claim else None


def luhn_valid(number: str) -> bool:
    """Whether the last digit of `number` is its Luhn check digit (ISO/IEC 7812-1, annex B)."""
    from stdnum import luhn  # late: stdnum loads an HTTP stack, and `import paypact` needs none of it

    return luhn.is_valid(number)


def luhn_digit(body: str) -> str:
    """The check digit that completes `body`."""
    from stdnum import luhn

    return luhn.calc_check_digit(body)
