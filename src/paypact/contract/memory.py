"""Memory: what was found of the replies so far, as what to expect of the next. It changes what is tried first alone."""

from __future__ import annotations

from collections.abc import Hashable

from paypact.contract.ablation import Expected, Found, How, Missed, Quiet
from paypact.contract.model import Need
from paypact.contract.paths import Path, last


class Memory:
    """What was not missed in one reply is hardly missed in the next.

    The same reply, told by its key, comes again where the shop goes on in another way. Its needs hold, whatever the
    shop does then; of others is expected what was found of the reply that has most fields in common with them.
    """

    def __init__(self) -> None:
        self._spare: set[str] = set()
        self._tried: set[Path] = set()
        self._missed: list[tuple[set[Path], set[Missed], set[Quiet]]] = []  # what a reply is like, and its changes
        self._ever: set[tuple[How, tuple[str, ...]]] = set()
        self._needs: dict[Hashable, dict[Path, Need]] = {}

    def expected(self, key: Hashable, fields: set[Path], traits: set[Path]) -> Expected:
        """What to expect of a reply with these fields; `traits` are what it is like, by which others are like it."""
        alike = max(self._missed, key=lambda one: len(one[0] & traits) / len(one[0] | traits), default=None)
        spare = {path for path in fields if last(path) in self._spare or path in self._tried}
        hows: tuple[How, ...] = ("absent", "null", "other")
        ever = {(how, path) for how in hows for path in fields if (how, _ending(path)) in self._ever}
        return Expected(self._needs.get(key, {}), spare, alike[1] if alike else (), ever, alike[2] if alike else ())

    def tried(self, fields: set[Path]) -> None:
        """These fields of a reply were dropped one by one, or with what they lie in, by somebody else."""
        self._tried |= fields

    def keep(self, key: Hashable, traits: set[Path], found: Found) -> None:
        """Learn from a reply that was taken apart."""
        self._spare.update(map(last, found.unneeded))
        self._missed.insert(0, (traits, found.missed, found.quiet))  # of several as much alike the newest
        self._ever.update((how, _ending(path)) for how, path in found.missed)
        self._needs.setdefault(key, {}).update(found.needs)


def _ending(path: Path) -> tuple[str, ...]:
    """What a field is called, and what it lies in: the same object stands in many replies."""
    return tuple(part for part in path if isinstance(part, str))[-2:]
