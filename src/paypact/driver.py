"""Driver: the small class a team writes so that the suites can call its integration."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias

from paypact.errors import UsageError
from paypact.naming import unknown
from paypact.payments import SimulatedGateway

OPERATIONS = (
    "sale",
    "authorize",
    "complete",
    "capture",
    "void",
    "refund",
    "verify",
    "store",
    "charge_stored",
    "lookup",
    "receive",
    "order",
)

Amounts: TypeAlias = tuple[int, int]  # (least, most) in minor units
Host: TypeAlias = Literal["process", "http"]


@dataclass(frozen=True)
class Scope:
    """What a driver class declares to serve; None: all that the gateway's facts accept."""

    gateway: str
    name: str
    currencies: tuple[str, ...] | None = None
    schemes: tuple[str, ...] | None = None
    amounts: Amounts | Mapping[str, Amounts] | None = None  # minor units
    countries: tuple[str, ...] | None = None
    wallets: tuple[str, ...] | None = None
    api_version: str | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)  # the team's own text -> our neutral word
    host: Host = "process"
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Driver:
    """Subclass this with a gateway, and offer any of the operations: what is missing is *not covered*.

    Operations: `sale(payment)`, `authorize(payment)`, `complete(transaction, authentication)`,
    `capture(transaction, amount)`, `void(transaction)`, `refund(transaction, amount)`, `verify(payment)`,
    `store(payment)`, `charge_stored(transaction, payment)`, `lookup(reference)`, `receive(notification)`,
    `order(reference)`. Each may be `async def`. An exception that leaves the driver is a crash.

    The base class declares no operation and keeps no instance state: attributes of an instance are the driver's own.

    Class keywords (all but `gateway` optional, all inherited but `name`): `gateway`, `name` (default: the class name in
    kebab case), `currencies`, `schemes`, `countries`, `wallets`, `amounts` (minor units, `(least, most)` or
    `{currency: (least, most)}`), `api_version` (of webhooks), `reasons` (own text -> neutral word), `host`
    ("process" or "http"), `variants` (`{"hosted": {...}}`: name -> constructor keywords).
    """

    __paypact_declared__: ClassVar[Mapping[str, Any]] = MappingProxyType({})  # keywords, inherited one by one
    __paypact_scope__: ClassVar[Scope | None] = None

    def __init_subclass__(
        cls,
        *,
        gateway: str | None = None,
        name: str | None = None,
        currencies: Iterable[str] | None = None,
        schemes: Iterable[str] | None = None,
        amounts: Amounts | Mapping[str, Amounts] | None = None,
        countries: Iterable[str] | None = None,
        wallets: Iterable[str] | None = None,
        api_version: str | None = None,
        reasons: Mapping[str, str] | None = None,
        host: Host | None = None,
        variants: Mapping[str, Mapping[str, Any]] | None = None,
        **keywords: Any,
    ) -> None:
        above = super().__init_subclass__
        if keywords and not hasattr(above, "__func__"):  # object's own: no other base wants them
            raise _unknown_keyword(cls, next(iter(keywords)))
        above(**keywords)
        given = {
            "gateway": gateway,
            "currencies": _words(cls, "currencies", currencies),
            "schemes": _words(cls, "schemes", schemes),
            "amounts": amounts,
            "countries": _words(cls, "countries", countries),
            "wallets": _words(cls, "wallets", wallets),
            "api_version": api_version,
            "reasons": reasons,
            "host": host,
            "variants": variants,
        }
        if host not in (None, "process", "http"):
            raise UsageError(f'driver {cls.__qualname__}: host={host!r} is unknown; use host="process" or host="http"')
        declared = {**cls.__paypact_declared__, **{key: value for key, value in given.items() if value is not None}}
        cls.__paypact_declared__ = declared
        if "gateway" in declared:
            cls.__paypact_scope__ = Scope(name=name or _kebab(cls.__name__), **declared)

    def __init__(self, gateway: SimulatedGateway) -> None:
        """Called once per example, on an empty ledger, with a variant's keywords where the driver has variants."""

    @classmethod
    def start(cls, gateway: SimulatedGateway) -> Awaitable[None] | None:
        """Called once per driver class and process, before the first example: settings, migrations, an application."""
        return None

    @classmethod
    def stop(cls) -> Awaitable[None] | None:
        """Called once per driver class and process, after the last example."""
        return None

    def settle(self) -> Awaitable[None] | None:
        """Run the shop's background work until it is idle: queue, cron, outbox."""
        return None

    def close(self) -> Awaitable[None] | None:
        """Called after each example, also a failed one: rollback, connections."""
        return None

    def thread(self) -> AbstractContextManager[None]:
        """Entered in each worker thread around an operation."""
        return nullcontext()


def scope_of(driver: type[Driver]) -> Scope:
    """The declared scope of a driver class.

    Raises:
        UsageError: the class names no gateway, so it is a base and nothing can drive it.
    """
    scope = driver.__paypact_scope__
    if scope is None:
        raise UsageError(
            f'driver {driver.__qualname__} names no gateway: write `class {driver.__name__}(Driver, gateway="...")`'
        )
    return scope


def offered(driver: type[Driver]) -> tuple[str, ...]:
    """The operations that a driver class offers, in the order of `OPERATIONS`."""
    return tuple(operation for operation in OPERATIONS if callable(getattr(driver, operation, None)))


def is_driver(value: object) -> bool:
    """Whether `value` is a driver class with a gateway: what is collected and driven."""
    return isinstance(value, type) and issubclass(value, Driver) and value.__paypact_scope__ is not None


def _unknown_keyword(cls: type, keyword: str) -> UsageError:
    known = [*(name for name in Scope.__dataclass_fields__ if name != "name"), "name"]
    return UsageError(f"driver {cls.__qualname__}: {unknown('class keyword', keyword, known)}")


def _words(cls: type, keyword: str, value: Iterable[str] | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str):
        raise UsageError(f"driver {cls.__qualname__}: {keyword}={value!r} is one text; write {keyword}=[{value!r}]")
    return tuple(value)


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
