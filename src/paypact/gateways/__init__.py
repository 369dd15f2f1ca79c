"""Gateways: one folder each, found by listing this package and the entry-point group `paypact.gateways`."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from paypact.errors import DataError, UsageError
from paypact.gateways.facts import Facts, read_facts
from paypact.gateways.vocabulary import Vocabulary
from paypact.naming import unknown
from paypact.payments import SimulatedGateway
from paypact.world.simulator import Simulator

GROUP = "paypact.gateways"


@dataclass(frozen=True)
class Gateway:
    """One simulated gateway: its facts and its simulator class."""

    name: str
    package: str
    facts: Facts
    simulator: type[Simulator]

    def simulated(self, url: str | None = None) -> SimulatedGateway:
        """What drivers are given: the vendor's own test host unless the simulator is served at `url`."""
        return SimulatedGateway(url or self.facts.gateway.url, self.simulator.credentials(), self.simulator.accounts())


@cache
def _packages() -> dict[str, str]:
    own = {info.name: f"{__name__}.{info.name}" for info in pkgutil.iter_modules(__path__) if info.ispkg}
    foreign = {point.name: point.value for point in importlib.metadata.entry_points(group=GROUP)}
    return {**foreign, **own}


def names() -> tuple[str, ...]:
    """The names of all gateways that can be simulated here; imports none of them."""
    return tuple(sorted(_packages()))


def forget() -> None:
    """Look for gateways again: something was installed in this process."""
    _packages.cache_clear()
    load.cache_clear()


@cache
def load(name: str) -> Gateway:
    """Load one gateway's facts and simulator; never its SDK.

    Raises:
        UsageError: no gateway of that name, or its package lacks a part.
        DataError: its facts.toml is broken.
    """
    package = _packages().get(name)
    if package is None:
        raise UsageError(unknown("gateway", name, names()))
    try:
        facts = read_facts(files(package) / "facts.toml")
        simulator: type[Simulator] = importlib.import_module(f"{package}.simulator").SIMULATOR
    except DataError as error:
        raise DataError(f"gateway {name!r}: {error}") from error
    except (ImportError, OSError, AttributeError) as error:
        raise UsageError(
            f"gateway {name!r} cannot be loaded from package {package!r}: {type(error).__name__}: {error}. "
            "It needs facts.toml, and a module simulator with SIMULATOR: reinstall it, or remove it"
        ) from error
    simulator.facts, simulator.words = facts, Vocabulary(facts)
    simulator.webhooks = f"{package}.webhooks" if importlib.util.find_spec(f"{package}.webhooks") else ""
    return Gateway(name, package, facts, simulator)
