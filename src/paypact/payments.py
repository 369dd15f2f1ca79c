"""What passes between a suite and a driver: payments going in, outcomes coming out.

Amounts are integers in ISO 4217 minor units (1099 EUR-minor is 10.99 EUR, 1099 JPY-minor is 1,099 JPY), whatever unit
the gateway uses on its own wire. All values are frozen; nothing here knows a gateway, a test runner or a simulator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeAlias

from paypact.cards.card import Card


def _empty() -> Mapping[str, Any]:  # a mappingproxy is no legal dataclass default before Python 3.12
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `minor` in ISO 4217 minor units of `currency` (upper case), never in the gateway's own unit."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return f"{self.minor} {self.currency} (minor units)"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as a shopper typed it; `country` is ISO 3166-1 alpha-2."""

    line1: str
    line2: str | None
    city: str
    region: str | None
    postcode: str | None
    country: str


@dataclass(frozen=True, slots=True)
class Customer:
    """The shopper's own data; `locale` is a BCP 47 tag such as `de-DE`."""

    name: str
    email: str
    phone: str | None
    address: Address
    locale: str
    ip: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the basket; `price` is for one piece."""

    name: str
    quantity: int
    price: Money


class Reissue(Protocol):
    """Makes the next attempt of a payment: a new `attempt`, a new token, the same order."""

    def __call__(self, payment: Payment, card: Card | None) -> Payment: ...


@dataclass(frozen=True, slots=True)
class Payment:
    """One press of Pay.

    `reference` names the order. `attempt` names the press (unique, at most 32 characters of `[a-z0-9-]`, usable as an
    idempotency key): the same payment again is the same press and must never charge twice. `token` is the gateway's
    token for `card`, empty where the gateway has none; `browser` is what the vendor's browser code posts to the shop.
    """

    reference: str
    attempt: str
    amount: Money
    card: Card
    token: str
    customer: Customer
    items: tuple[Item, ...]
    description: str
    return_url: str
    browser: Mapping[str, Any] = field(default_factory=_empty, repr=False)
    reissue: Reissue | None = field(default=None, repr=False, compare=False)

    def again(self, *, card: Card | None = None) -> Payment:
        """A new attempt at the same order after a definite no: new `attempt`, new `token`, optionally another card.

        Raises:
            RuntimeError: the payment was built by hand, so nothing can mint a token for the next attempt.
        """
        if self.reissue is None:
            raise RuntimeError(
                f"payment {self.attempt!r} was built by hand: no simulator can mint the next attempt's token. "
                "Take payments from a suite, or build the second one by hand too."
            )
        return self.reissue(self, card)


@dataclass(frozen=True, slots=True)
class Approved:
    """The money is held, taken or moved as asked. `amount` None: in full, as the payment or call said."""

    transaction: Any
    amount: Money | None = None
    card: str | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """A definite no with its reason. `final` True: this card must not be tried again; None: not said."""

    reason: str
    transaction: Any = None
    final: bool | None = None


@dataclass(frozen=True, slots=True)
class ActionRequired:
    """The shopper has to act: at `url`, or in the gateway's browser component with `client_secret`."""

    transaction: Any
    url: str | None = None
    client_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Pending:
    """Deferred: the answer comes later; or a capture, refund or void is only acknowledged."""

    transaction: Any


@dataclass(frozen=True, slots=True)
class Rejected:
    """The request was wrong or out of scope: nobody was charged."""

    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It is not known whether money moved."""

    transaction: Any = None


Outcome: TypeAlias = Approved | Declined | ActionRequired | Pending | Rejected | Unknown
OUTCOMES = (Approved, Declined, ActionRequired, Pending, Rejected, Unknown)

OrderState: TypeAlias = Literal["unpaid", "pending", "authorized", "paid", "refunded", "failed", "canceled", "disputed"]


@dataclass(frozen=True, slots=True)
class Order:
    """What the shop believes about one order. `captured` and `refunded` None: not judged."""

    state: OrderState
    captured: Money | None = None
    refunded: Money | None = None


class Headers(Mapping[str, str]):
    """HTTP headers: names keep their spelling, and are found in any (RFC 9110)."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = dict(given)
        self._names = {name.lower(): name for name in self._given}

    def __getitem__(self, name: str) -> str:
        return self._given[self._names[name.lower()]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def __repr__(self) -> str:
        return f"Headers({self._given!r})"


@dataclass(frozen=True, slots=True)
class Notification:
    """A webhook as it reaches the shop. `headers` finds a name however it is spelled."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    remote_addr: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", Headers(self.headers))


@dataclass(frozen=True, slots=True)
class Reply:
    """The shop's answer to a webhook."""

    status: int
    body: bytes | str = b""
    headers: Mapping[str, str] = field(default_factory=_empty)


@dataclass(frozen=True, slots=True)
class Authentication:
    """What the shopper brought back from a challenge; `params` is what came back to `return_url`."""

    result: Literal["passed", "failed", "abandoned"]
    params: Mapping[str, str] = field(default_factory=_empty)


@dataclass(frozen=True, slots=True)
class SimulatedGateway:
    """Where the gateway is reached and with which credentials; both stay the same for a whole run.

    `url` is the vendor's test host as `https://...` when exchanges are intercepted, `http://127.0.0.1:port` when they
    are served: no path, no trailing slash.
    """

    url: str
    credentials: Mapping[str, str] = field(repr=False)
    accounts: Mapping[str, str] = field(default_factory=_empty, repr=False)

    def merchant_account(self, currency: str, country: str | None = None) -> str:
        """The merchant account that settles `currency`, the vendor's single account where it has only one.

        Raises:
            KeyError: the gateway simulates no account for that currency.
        """
        for key in (f"{currency}-{country}", currency, "*"):
            if key in self.accounts:
                return self.accounts[key]
        raise KeyError(
            f"no simulated merchant account settles {currency!r}; there are accounts for {sorted(self.accounts)}"
        )
