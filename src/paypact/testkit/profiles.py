"""Profiles: how far a run explores. Figures are fixed per cell, never from measured time: one commit, one verdict."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from paypact.errors import UsageError


@dataclass(frozen=True)
class Profile:
    """`examples` is the number of random cases a cell after its covering rows."""

    name: str
    examples: int
    deterministic: bool


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
