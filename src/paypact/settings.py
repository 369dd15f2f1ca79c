"""Settings: the table `[tool.paypact]` of the nearest pyproject.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from paypact import tables
from paypact.report.accepted import Waiver
from paypact.report.model import Severity


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="kebab"):
    """What a team decides once for all its runs; options of a command win over it."""

    drivers: tuple[str, ...] = ()  # `package.module:Class`: what `paypact run` drives when no path is named
    fail_on: Severity = "belief"  # findings of this severity and worse fail the build
    profile: str = ""  # quick, pr or nightly; empty: pr in CI and under `paypact run`, else quick
    tolerance: Literal["documented", "schema"] = "documented"  # how well evidenced a changed reply must be to fail
    allow_hosts: tuple[str, ...] = ()  # hosts that the shop's code may truly reach, such as its database
    allow_live_env: bool = False  # let a live-looking key stand in the environment
    baseline: str = "paypact-baseline.json"  # findings known on the day it was written; used where the file exists
    owners: dict[str, str] = {}  # pattern of an integration or a file -> who answers for it; else CODEOWNERS
    contacts: dict[str, str] = {}  # gateway -> how this team reaches its vendor
    waivers: tuple[Waiver, ...] = ()  # `[[tool.paypact.waivers]]`: promise, integration, scheme, reason, owner, until


class _Tool(msgspec.Struct, frozen=True):
    paypact: Settings = Settings()


class _Project(msgspec.Struct, frozen=True):
    tool: _Tool = _Tool()


def read(folder: Path) -> Settings:
    """The settings that hold in `folder`: those of the first pyproject.toml there or above, else the defaults.

    Raises:
        DataError: the file is no TOML, or its table has an unknown key or a value of the wrong kind.
    """
    file = home(folder) / "pyproject.toml"
    return tables.load(file, _Project).tool.paypact if file.is_file() else Settings()


def home(folder: Path) -> Path:
    """The folder that files in the settings are relative to: that of the pyproject.toml, else `folder` itself."""
    return next((each for each in (folder, *folder.parents) if (each / "pyproject.toml").is_file()), folder)
