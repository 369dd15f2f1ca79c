"""Target: one integration to drive, a column of the matrix: a driver class, in one variant where it has several."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from paypact.driver import OPERATIONS, Driver, Scope, offered, scope_of
from paypact.errors import UsageError
from paypact.gateways import Gateway, load
from paypact.report.model import Integration
from paypact.testkit.case import Case
from paypact.testkit.scope import check


@dataclass(frozen=True, eq=False)  # columns are told apart by identity
class Target:
    """One driver class in one variant."""

    driver: type[Driver]
    variant: str = ""
    keywords: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""  # as it is named in replay commands, relative to the root

    @cached_property
    def scope(self) -> Scope:
        return scope_of(self.driver)

    @cached_property
    def gateway(self) -> Gateway:
        return load(self.scope.gateway)

    @property
    def name(self) -> str:
        return f"{self.scope.name}.{self.variant}" if self.variant else self.scope.name

    @cached_property
    def operations(self) -> tuple[str, ...]:
        return offered(self.driver)

    @property
    def served(self) -> bool:
        """Whether the driver reaches a simulator over a real socket, where neither faults nor waits are in process."""
        return self.scope.host != "process"

    @cached_property
    def asynchronous(self) -> bool:
        """Whether the driver's operations are coroutines."""
        return any(inspect.iscoroutinefunction(getattr(self.driver, operation)) for operation in self.operations)

    def offers(self, *operations: str) -> bool:
        """Whether the driver offers all of these operations."""
        return all(operation in self.operations for operation in operations)

    @cached_property
    def schemes(self) -> tuple[str, ...]:
        """The card schemes in scope, plainest first: declared, else all the gateway accepts or routes."""
        facts = self.gateway.facts.schemes
        if self.scope.schemes is not None:
            return self.scope.schemes
        return tuple(scheme for scheme, fact in facts.items() if fact.standing in ("accepted", "routed"))

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """The currencies in scope, plainest first: declared, else all the gateway accepts."""
        facts = self.gateway.facts.currencies
        return self.scope.currencies or tuple(each for each in facts.accepted if each not in facts.unconfirmed)

    @property
    def challenges(self) -> bool:
        """Whether shoppers can be challenged here, and the driver finishes what a challenge began."""
        return "challenge" in self.gateway.facts.ledger.answers and self.offers("complete")

    def case(self, **values: Any) -> Case:
        """The plainest case of this column, but for these values."""
        return Case(scheme=self.schemes[0], currency=self.currencies[0]).but(values)

    def described(self) -> Integration:
        """How the result model names this column."""
        return Integration(
            name=self.name,
            gateway=self.scope.gateway,
            driver=f"{self.driver.__module__}:{self.driver.__qualname__}",
            file=self.file,
            operations=self.operations,
            missing=tuple(operation for operation in OPERATIONS if operation not in self.operations),
        )


def targets(driver: type[Driver], file: str = "") -> tuple[Target, ...]:
    """All columns of one driver class.

    Raises:
        UsageError: the driver offers no operation, names an unknown gateway, or declares what the gateway cannot have.
    """
    scope = scope_of(driver)
    facts = load(scope.gateway).facts
    if not offered(driver):
        raise UsageError(
            f"driver {driver.__qualname__} ({file or driver.__module__}) offers no operation: "
            f"define at least one of {', '.join(OPERATIONS)}"
        )
    check(driver, scope, facts)
    if not scope.variants:
        return (Target(driver, file=file),)
    return tuple(Target(driver, variant, keywords, file) for variant, keywords in scope.variants.items())
