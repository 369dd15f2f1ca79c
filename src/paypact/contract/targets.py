"""Targets: the integrations that a contract command is about, found without a test run."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from paypact import discovery, naming, settings
from paypact.errors import UsageError
from paypact.hosts import check_environment
from paypact.testkit import session
from paypact.testkit.target import Target
from paypact.world import clock

RARELY: Final = (50_000, 20, 100)  # a play makes much garbage that no collection need find: a fifth of its time


@contextmanager
def driven(paths: Sequence[str], integrations: Sequence[str] = ()) -> Iterator[tuple[Target, ...]]:
    """The columns of these places, of the settings or the bundled ones; their drivers are stopped afterwards.

    Raises:
        PaypactError: nothing of that name, no driver there, one that cannot be driven, or two of one name.
    """
    chosen = settings.read(Path.cwd())
    found: dict[str, Target] = {}
    for place in discovery.places(paths, chosen.drivers) if paths or chosen.drivers else _bundled():
        for target in _targets(place):
            if target.name in found and found[target.name].driver is not target.driver:
                raise UsageError(
                    f"two drivers are named {target.name!r}, in {found[target.name].file} and in {target.file}: "
                    'give one another name: `class Shop(Driver, gateway="...", name="...")`'
                )
            found[target.name] = target
    naming.check("integration", integrations, found)
    wanted = [one for one in found.values() if naming.fits(one.name, integrations)]
    for target in wanted:
        check_environment(target.gateway.facts.gateway.live, os.environ, chosen.allow_live_env)
    clock.install()
    gc.collect()
    gc.freeze()  # what was imported stays: no collection of garbage need look through it again
    usual = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield tuple(wanted)
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
        session.close_all()


def _bundled() -> Iterator[discovery.Place]:
    """The reference integrations, those in folders of their own included."""
    for place in discovery.bundled():
        yield place
        for file in sorted(place.path.parent.glob(f"*/{place.path.name}")):
            package, _, module = place.module.rpartition(".")
            yield discovery.place(f"{package}.{file.parent.name}.{module}")


def _targets(place: discovery.Place) -> Iterator[Target]:
    if place.path.is_file():
        yield from discovery.targets_in(place)
        return
    files = [file for file in sorted(place.path.rglob("*.py")) if discovery.may_define_driver(file)]
    places = [replace(place, path=file, name=discovery.place(str(file)).name) for file in files]
    found = [target for each in places if _defines(each) for target in discovery.targets_in(each)]
    if not found:
        raise discovery.nothing_in([place.name])
    yield from found


def _defines(place: discovery.Place) -> bool:
    return bool(discovery.drivers_in(discovery.load(place)))
