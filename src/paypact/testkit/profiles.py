"""Profiles: how far a run explores. Figures are fixed per cell, never from measured time: one commit, one verdict."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from paypact.errors import UsageError
from paypact.naming import unknown

EXCHANGES: Final = 2  # of an example: where one makes more, fewer random cases are tried in the same time


@dataclass(frozen=True)
class Profile:
    """`examples` is the number of random cases a cell after its covering rows, at most.

    Fewer are drawn where one makes many exchanges: what costs is an exchange, and none is drawn once `exchanges` were
    made. The covering rows are always played.

    A deterministic profile draws the same ones in every run, by the cell's name; with another `seed`, others.
    """

    name: str
    examples: int
    deterministic: bool
    seed: int = 0

    @property
    def exchanges(self) -> int:
        """How many exchanges the random cases of a cell make before no more are drawn."""
        return EXCHANGES * self.examples

    def seed_of(self, cell: str) -> str | None:
        """What the random cases of a cell are drawn by; None where every run is to draw others."""
        if not self.deterministic:
            return None
        return f"{cell}/{self.seed}" if self.seed else cell


PROFILES: Final = {
    profile.name: profile
    for profile in (
        Profile("quick", examples=10, deterministic=True),
        Profile("pr", examples=60, deterministic=True),
        Profile("nightly", examples=1500, deterministic=False),
    )
}


def profile(name: str | None = None, *, default: str | None = None) -> Profile:
    """The named profile; without a name `default`, else `pr` where `CI` is set and `quick` where it is not.

    Raises:
        UsageError: no profile of that name.
    """
    wanted = name or default or ("pr" if os.environ.get("CI") else "quick")
    if wanted not in PROFILES:
        raise UsageError(unknown("profile", wanted, PROFILES))
    return PROFILES[wanted]
