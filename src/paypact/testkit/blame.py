"""Whose line was it? The team's line is the innermost frame outside the standard library, site-packages, paypact and the
driver's file; a bundled or flawed integration counts as team code.

The driver's file is the team's line all the same where the integration lives in it, that is, where the driver itself talks
to the gateway.
"""

from __future__ import annotations

import linecache
import os
import sys
import sysconfig
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType, TracebackType

from paypact.report.model import Cause, Line

_OURS = str(Path(__file__).resolve().parent.parent) + os.sep
_LIBRARIES = tuple(
    {
        str(Path(path).resolve()) + os.sep
        for key, path in sysconfig.get_paths().items()
        if key in ("stdlib", "platstdlib", "purelib", "platlib")
    }
)
_INTEGRATION = "integration.py"


@lru_cache(maxsize=4096)
def is_team(filename: str) -> bool:
    """Whether a file is the team's: not the standard library, not installed, not paypact's own (integrations are)."""
    if filename.startswith("<"):
        return False
    path = str(Path(filename).resolve())
    if path.endswith(os.sep + _INTEGRATION) or f"{os.sep}fixtures{os.sep}" in path:
        return True
    return not path.startswith(_OURS) and not path.startswith(_LIBRARIES) and "site-packages" not in path


def calling_line(depth: int = 2) -> str | None:
    """The team's line on the calling stack, as `file:number in function`: who sent this exchange."""
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None:
        code = frame.f_code
        if is_team(code.co_filename):
            return f"{shown(code.co_filename)}:{frame.f_lineno} in {code.co_name}"
        frame = frame.f_back
    return None


def frames(traceback: TracebackType | None) -> Iterator[tuple[CodeType, int]]:
    """Code and line number of each frame, outermost first."""
    while traceback is not None:
        yield traceback.tb_frame.f_code, traceback.tb_lineno
        traceback = traceback.tb_next


def team_lines(error: BaseException) -> tuple[Line, ...]:
    """The team's frames of an exception, outermost first."""
    return tuple(
        Line(
            file=shown(code.co_filename),
            number=number,
            function=code.co_name,
            code=linecache.getline(code.co_filename, number).strip(),
        )
        for code, number in frames(error.__traceback__)
        if is_team(code.co_filename)
    )


def team_line(error: BaseException, driver_file: str) -> Line | None:
    """The innermost line of the team's own, preferring code outside the driver's file."""
    lines = team_lines(error)
    outside = [line for line in lines if line.file != shown(driver_file)]
    return (outside or list(lines) or [None])[-1]


def cause_of(error: BaseException, *, driver_file: str, driver_sends: bool, sdk: tuple[str, ...]) -> Cause:
    """Who must change something.

    `driver_sends`: exchanges of this example were sent from the driver's own file, which then is the integration.
    """
    if _is_environment(error):
        return "environment"
    walked = [(code, number) for code, number in frames(error.__traceback__)]
    team = [code for code, _ in walked if is_team(code.co_filename)]
    inner = walked[-1][0] if walked else None
    if inner is not None and not is_team(inner.co_filename) and _in_package(inner.co_filename, sdk):
        own_words = type(error).__module__.split(".")[0] in sdk
        read_by_team = inner.co_name in ("__getattr__", "__getitem__", "__getattribute__")
        if (
            not own_words
            and not read_by_team
            and isinstance(error, (LookupError, AttributeError, TypeError, ValueError))
        ):
            return "sdk"
    if team and shown(team[-1].co_filename) == shown(driver_file) and not driver_sends:
        return "driver"
    return "integration"


def _is_environment(error: BaseException) -> bool:
    """A blocked host, or the shop's own database, cache or broker: DB-API names its errors in PEP 249."""
    names = {each.__name__ for each in type(error).__mro__}
    return bool(names & {"BlockedHostError", "OperationalError", "InterfaceError", "ImproperlyConfigured"})


def _in_package(filename: str, packages: tuple[str, ...]) -> bool:
    parts = Path(filename).parts
    return any(package in parts for package in packages)


@lru_cache(maxsize=4096)
def shown(filename: str) -> str:
    """A file relative to the working folder where it lies below it; below an installed package from its name on."""
    path = Path(filename).resolve()
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        text = str(path)
        if text.startswith(_OURS):
            return str(Path("paypact") / path.relative_to(_OURS))
        for library in _LIBRARIES:
            if text.startswith(library):
                return str(path.relative_to(library))
        return text
