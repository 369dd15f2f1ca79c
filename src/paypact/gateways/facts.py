"""Facts: what a vendor's documentation says, read from a gateway's `facts.toml`. Each table names its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from paypact import tables
from paypact.world.ledger_tables import Terms

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Standing: TypeAlias = Literal["accepted", "routed", "refused", "unconfirmed"]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    source: str


class About(_Table, frozen=True, kw_only=True):
    """Who the gateway is and where it is reached."""

    title: str
    url: str  # the test host, no path, no trailing slash
    hosts: tuple[str, ...]  # every host that is answered by the world, never reached
    docs: str
    support: str = ""  # where a merchant reports a problem
    versions: tuple[str, ...] = ()  # API versions simulated, newest first
    browser: tuple[str, ...] = ()  # URL prefixes that shoppers visit
    live: tuple[str, ...] = ()  # patterns (regular expressions) of live-looking credentials
    live_sign: str = ""  # a text that stands in each of them, looked for first: patterns that begin anywhere are slow
    sdk: tuple[str, ...] = ()  # top-level packages of the vendor's SDK, by which a crash inside it is told
    extra: str = ""  # the extra of this package that installs the SDK, where it is not the gateway's name
    auth: dict[str, str] = {}  # headers that authenticate, with <names> of credentials: `Bearer <secret_key>`
    clients: dict[str, str] = {}  # language -> how the vendor's SDK is pointed at a served simulator: <url>, <host>...


class SchemeFact(_Table, frozen=True, kw_only=True):
    """What the gateway does with one card scheme. `brand` is its own word for it on the wire."""

    standing: Standing
    brand: str
    network: str | None = None
    code: str | None = None  # of the refusal, as a word of `[declines]`
    note: str = ""


class DeclineFact(_Table, frozen=True, kw_only=True):
    """The wire words of one neutral decline reason: the gateway's own keys are in `wire`."""

    wire: dict[str, Any]
    final: bool | None = None  # what the gateway itself says of trying this card again; None: nothing
    unconfirmed: bool = False


class ErrorFact(_Table, frozen=True, kw_only=True):
    """One class of the gateway's errors that is nobody's answer: bad credentials, rate limits, its own failures."""

    status: int
    wire: dict[str, Any] = {}
    headers: dict[str, str] = {}
    repetition: bool = False  # it is told of a repetition, while the first request is under way or was carried out
    unconfirmed: bool = False


class RefusalFact(_Table, frozen=True, kw_only=True):
    """What the gateway answers to a movement its ledger forbids, or to a malformed request."""

    status: int
    wire: dict[str, Any]
    unconfirmed: bool = False


class CurrencyFacts(_Table, frozen=True, kw_only=True):
    """Which currencies are charged, and where the gateway's exponent is not that of ISO 4217."""

    accepted: tuple[str, ...]
    exponents: dict[str, int] = {}  # only where they differ from ISO 4217
    multiples: dict[str, int] = {}  # wire amounts must be a multiple of this
    minimums: dict[str, int] = {}  # least charge in the gateway's own minor units
    unconfirmed: tuple[str, ...] = ()


class Carrier(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A request that carries money. Places in its body are written `amount.value`, of a list `units.0.amount`."""

    request: str  # method and path, `{}` for a part that differs: `POST /v1/payments/{}/captures`
    carries: Literal["charge", "capture", "refund"]
    amount: str
    currency: str = ""  # empty: nowhere, it is that of the purchase or of the account
    account: str = ""  # where the merchant account stands, at gateways that have several
    items: str = ""  # a list whose items each carry an amount (and currency), at places within the item
    times: str = ""  # where an item says how many there are of it


class MoneyFacts(_Table, frozen=True, kw_only=True):
    """How money is written in requests: the second witness of the promise `money`. No simulator reads it."""

    form: Literal["units", "decimal"]  # a whole number of the smallest unit, or a decimal number such as 10.90
    decimals: dict[str, int]  # places behind the point that the vendor gives a currency; two where it is not listed
    requests: tuple[Carrier, ...]


class TestCard(_Table, frozen=True, kw_only=True):
    """A card number (or named token) that the vendor publishes, and what it does."""

    number: str
    scheme: str
    token: str = ""
    answers: tuple[str, ...] = ("approve",)  # as in `decline:insufficient_funds`, `challenge`, in order
    wire: dict[str, Any] = {}  # what else it does, which only the gateway's own folder reads
    note: str = ""
    unconfirmed: bool = False


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All facts of one gateway."""

    gateway: About
    ledger: Terms
    schemes: dict[str, SchemeFact]
    declines: dict[str, DeclineFact]
    errors: dict[str, ErrorFact]
    refusals: dict[str, RefusalFact]
    currencies: CurrencyFacts
    money: MoneyFacts | None = None
    test_cards: tuple[TestCard, ...] = ()
    wallets: dict[str, dict[str, Any]] = {}  # wallet -> its wire words, with a source
    limits: dict[str, Any] = {}
    wire: dict[str, Any] = {}  # tables only the gateway's own folder reads


def read_facts(file: Traversable) -> Facts:
    """Parse and check a facts.toml.

    Raises:
        DataError: not TOML, or a key, type or table is wrong; the message names file, place and what is allowed.
    """
    return tables.load(file, Facts)
