"""The table [tool.paypact] of the nearest pyproject.toml."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from paypact import settings
from paypact.errors import DataError
from paypact.settings import Settings


def test_every_setting(tmp_path: Path) -> None:
    """Keys are written with hyphens."""
    (tmp_path / "pyproject.toml").write_text(
        "[tool.paypact]\n"
        'drivers = ["shop.payments:Driver"]\n'
        'fail-on = "crash"\n'
        'profile = "nightly"\n'
        'tolerance = "schema"\n'
        'allow-hosts = ["db"]\n'
        "allow-live-env = true\n"
    )

    assert settings.read(tmp_path) == Settings(
        drivers=("shop.payments:Driver",),
        fail_on="crash",
        profile="nightly",
        tolerance="schema",
        allow_hosts=("db",),
        allow_live_env=True,
    )


@pytest.mark.parametrize("text", [None, "", "[tool.other]\nx = 1\n", "[project]\nname = 'shop'\n"])
def test_defaults(tmp_path: Path, text: str | None) -> None:
    """Without a file or without the table the defaults hold."""
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)

    assert settings.read(tmp_path) == Settings()


def test_the_nearest_file_holds(tmp_path: Path) -> None:
    """The first pyproject.toml upwards is the project's, whether it has the table or not."""
    (tmp_path / "pyproject.toml").write_text('[tool.paypact]\nprofile = "pr"\n')
    (tmp_path / "shop" / "tests").mkdir(parents=True)

    assert settings.read(tmp_path / "shop" / "tests").profile == "pr"
    (tmp_path / "shop" / "pyproject.toml").write_text("")
    assert settings.read(tmp_path / "shop" / "tests").profile == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "fail_on = 'crash'",
            (
                "pyproject.toml, tool.paypact: object contains unknown field `fail_on`; "
                "allowed: drivers, fail-on, profile, tolerance, allow-hosts, allow-live-env, baseline, owners, "
                "contacts, waivers"
            ),
        ),
        (
            "drivers = 'x:Y'",
            "pyproject.toml, tool.paypact.drivers: expected `array`, got `str`; allowed: a list of text",
        ),
        (
            "allow-live-env = 1",
            "pyproject.toml, tool.paypact.allow-live-env: expected `bool`, got `int`; allowed: true or false",
        ),
    ],
    ids=["unknown key", "text for a list", "number for a truth"],
)
def test_wrong_settings(tmp_path: Path, text: str, message: str) -> None:
    """The message names file, key and what may stand there."""
    (tmp_path / "pyproject.toml").write_text(f"[tool.paypact]\n{text}\n")

    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        settings.read(tmp_path)
