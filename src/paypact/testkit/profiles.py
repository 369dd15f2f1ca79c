"""Profiles: how far a run explores. Figures are fixed per cell, never from measured time: one commit, one verdict."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from paypact.errors import UsageError


@dataclass(frozen=True)
class Profile:
    """`examples` is the number of random cases a cell after its covering rows.

    A deterministic profile draws the same ones in every run, by the cell's name; with another `seed`, others.
    """

    name: str
    examples: int
    deterministic: bool
    seed: int = 0

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
        raise UsageError(f"unknown profile {wanted!r} (known: {', '.join(PROFILES)})")
    return PROFILES[wanted]
