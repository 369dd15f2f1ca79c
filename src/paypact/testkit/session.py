"""The life of driver classes: `start` once per class and process, an instance per example, `stop` at the end."""

from __future__ import annotations

import inspect
from typing import Any

from paypact import hosts
from paypact.driver import Driver
from paypact.errors import PaypactError, UsageError
from paypact.payments import SimulatedGateway
from paypact.testkit.blame import line_at, team_places
from paypact.testkit.target import Target
from paypact.world import clock

_STARTED: dict[type[Driver], SimulatedGateway | UsageError] = {}


def started(target: Target) -> SimulatedGateway:
    """The gateway a driver class was started with; starts it if this process has not yet.

    Raises:
        UsageError: `start` raised; the same again for every later cell of the class.
    """
    known = _STARTED.get(target.driver)
    if known is None:
        known = _start(target)
        _STARTED[target.driver] = known
    if isinstance(known, UsageError):
        raise known
    return known


def instance(target: Target, gateway: SimulatedGateway) -> Driver:
    """A driver for one example.

    Raises:
        UsageError: the constructor raised.
    """
    try:
        return target.driver(gateway, **target.keywords)
    except PaypactError:
        raise
    except Exception as error:
        raise _failed(target.driver, "constructor", error) from error


def close(driver: Driver) -> None:
    """Call an instance's `close`.

    Raises:
        UsageError: it raised.
    """
    _run(type(driver), "close", driver.close)


def close_all() -> None:
    """Call `stop` of every driver class that was started.

    Raises:
        UsageError: one of them raised; the others were stopped all the same.
    """
    failed: UsageError | None = None
    while _STARTED:
        driver, gateway = _STARTED.popitem()
        if isinstance(gateway, UsageError):
            continue
        try:
            _run(driver, "stop", driver.stop)
        except UsageError as error:
            failed = error
    hosts.close_all()
    if failed is not None:
        raise failed


def _start(target: Target) -> SimulatedGateway | UsageError:
    gateway = target.gateway.simulated(hosts.base_url(target.gateway, target.scope.host))
    try:
        _run(target.driver, "start", target.driver.start, gateway)
    except UsageError as error:
        return error
    return gateway


def _run(driver: type[Driver], name: str, call: Any, *arguments: Any) -> None:
    try:
        result = call(*arguments)
        if inspect.isawaitable(result):
            clock.run(result)
    except PaypactError:
        raise
    except Exception as error:
        raise _failed(driver, name, error) from error


def _failed(driver: type[Driver], name: str, error: Exception) -> UsageError:
    places = team_places(error)
    place = f" at {line_at(places[-1])}" if places else ""
    return UsageError(
        f"driver {driver.__qualname__}: {name} raised {type(error).__name__}: {error}{place}. "
        "Until it works no promise can be tried: fix it, or run the driver by hand to see why"
    )
