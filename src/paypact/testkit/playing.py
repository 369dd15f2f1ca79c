"""Playing one case: an empty world on virtual time, attached to its host, with a driver of its own."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator

from paypact import hosts
from paypact.payments import SimulatedGateway
from paypact.testkit import dates, session
from paypact.testkit.blame import calling_place
from paypact.testkit.case import Case
from paypact.testkit.example import Example
from paypact.testkit.target import Target
from paypact.testkit.variation import Varying
from paypact.world import clock
from paypact.world.world import World


@contextlib.contextmanager
def playing(
    target: Target, case: Case, kind: type[Example] = Example, *, now: float | None = None
) -> Iterator[Example]:
    """An example on an empty ledger, attached to its host, on virtual time; its driver is closed afterwards.

    `kind` is Example or a subclass; `now` is when its world begins, where the case has no date of its own.
    """
    gateway: SimulatedGateway = session.started(target)
    world = World(target.gateway, now=dates.start(case) or now, locate=calling_place)
    state = random.getstate()
    random.seed(case.digits)
    try:
        with dates.zone(case.zone), clock.running(world.clock), hosts.attached(world, target.scope.host):
            driver = session.instance(target, gateway)
            example = kind(target, case, world, driver)
            if target.offers("receive"):
                example.outbox = world.listen(target.scope.api_version)
            if case.variation:
                example.varying = Varying(case)
                example.varying.attach(world, example.outbox)
            try:
                yield example
            finally:
                session.close(driver)
    finally:
        random.setstate(state)
