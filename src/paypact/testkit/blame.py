"""Whose line was it?

The team's line is the innermost frame outside the standard library, site-packages, paypact and the driver class; a
bundled or flawed integration counts as team code. Where nothing else of the team's is on the stack, it is the driver's
own line: then either the driver is wrong, or it *is* the integration, which shows in its sending exchanges itself.
"""

from __future__ import annotations

import importlib.util
import linecache
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import TypeAlias

from paypact.driver import Driver
from paypact.errors import UsageError
from paypact.hosts import BlockedHostError
from paypact.report.model import Cause, Line

Place: TypeAlias = tuple[CodeType, int]  # a code object and a line number in it


def _folders(package: str) -> tuple[str, ...]:
    spec = importlib.util.find_spec(package)
    return tuple(str(Path(folder).resolve()) + os.sep for folder in (spec and spec.submodule_search_locations) or ())


_OURS = str(Path(__file__).resolve().parent.parent) + os.sep
_SUITES = _folders("paypact.suites")  # in a checkout they lie beside the package
_INSTALLED = ("stdlib", "platstdlib", "purelib", "platlib", "scripts")  # scripts: the command that began the run
_LIBRARIES = tuple({str(Path(sysconfig.get_paths()[name]).resolve()) + os.sep for name in _INSTALLED})
_DATABASE = frozenset({"OperationalError", "InterfaceError"})  # named so by PEP 249
_CODES: dict[type[Driver], frozenset[CodeType]] = {}
_READS = ("__getattr__", "__getitem__", "__getattribute__")  # how team code reads an SDK's objects


@lru_cache(maxsize=4096)
def is_team(filename: str) -> bool:
    """Whether a file is the team's: not the standard library, not installed, not paypact's own (integrations are)."""
    if filename.startswith("<"):
        return False
    path = str(Path(filename).resolve())
    if path.startswith(_SUITES):
        return False
    if path.startswith(_OURS):
        return path.endswith(f"{os.sep}integration.py") or f"{os.sep}fixtures{os.sep}" in path
    return not path.startswith(_LIBRARIES) and "site-packages" not in path


@lru_cache(maxsize=4096)
def is_ours(filename: str) -> bool:
    """Whether a file is paypact's own, integrations excepted."""
    return not is_team(filename) and str(Path(filename).resolve()).startswith(_OURS)


def driver_code(driver: type[Driver]) -> frozenset[CodeType]:
    """The code of every function of a driver class and of its bases: the layer between suite and integration.

    Of a decorated function both the decorator's and its own.
    """
    if driver not in _CODES:
        bases = [each for each in driver.__mro__ if issubclass(each, Driver) and each is not Driver]
        values = (value for each in bases for value in vars(each).values())
        _CODES[driver] = frozenset(code for value in values for code in _codes(value))
    return _CODES[driver]


def calling_place() -> Place | None:
    """The innermost line of the team's on the calling stack: who sends this exchange."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to walk a stack cheaply
    while frame is not None:
        if is_team(frame.f_code.co_filename):
            return frame.f_code, frame.f_lineno
        frame = frame.f_back
    return None


def calling_frames() -> tuple[list[tuple[FrameType, int]], FrameType | None]:
    """The team's frames on the calling stack with their lines, innermost first; and what the innermost called."""
    team: list[tuple[FrameType, int]] = []
    called: FrameType | None = None
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - as above
    while frame is not None:
        if is_team(frame.f_code.co_filename):
            team.append((frame, frame.f_lineno))
        elif not team:
            called = frame
        frame = frame.f_back
    return team, called if team else None


def of_packages(filename: str, packages: Iterable[str]) -> bool:
    """Whether a file belongs to one of these installed packages (top-level names)."""
    if is_team(filename) or is_ours(filename):
        return False
    parts = Path(filename).parts  # of which only the last matter: a checkout, too, may be called like a package
    for root in {"site-packages", "dist-packages"} & {*parts}:
        parts = parts[len(parts) - parts[::-1].index(root) :]
    return not set(packages).isdisjoint(parts)


def line_at(place: Place) -> Line:
    """A place as it is shown, with its line of source."""
    code, number = place
    source = linecache.getline(code.co_filename, number).strip()
    return Line(file=shown(code.co_filename), number=number, function=code.co_name, code=source)


def team_places(error: BaseException) -> list[Place]:
    """The team's frames of an exception, outermost first, driver included."""
    return [place for place in _frames(error.__traceback__) if is_team(place[0].co_filename)]


def team_place(error: BaseException, driver: type[Driver]) -> Place | None:
    """The team's line of an exception: the driver's own only where there is no other."""
    places = team_places(error)
    mine = driver_code(driver)
    beyond = [place for place in places if place[0] not in mine]
    return next(reversed(beyond or places), None)


def cause_of(error: BaseException, driver: type[Driver], *, driver_sends: bool, sdk: tuple[str, ...]) -> Cause:
    """Who must change something.

    `driver_sends`: an exchange of this example was sent by the driver class itself, which then is the integration. An
    exception that the SDK means to raise, or that comes of reading its objects, is for the integration to handle.
    """
    if _of_the_environment(error):
        return "environment"
    places = list(_frames(error.__traceback__))
    innermost = places[-1][0] if places else None
    if (
        innermost is not None
        and not is_team(innermost.co_filename)
        and not set(sdk).isdisjoint(Path(innermost.co_filename).parts)
        and type(error).__module__ == "builtins"
        and innermost.co_name not in _READS
    ):
        return "sdk"
    team = [code for code, _ in places if is_team(code.co_filename)]
    if places and all(is_ours(code.co_filename) for code, _ in places):
        return "driver"  # the operation could not even be called: its parameters are not those of the interface
    if team and team[-1] in driver_code(driver) and not driver_sends:
        return "driver"
    return "integration"


@lru_cache(maxsize=4096)
def shown(filename: str) -> str:
    """A file relative to the working folder where it lies below it; of an installed package from its name on."""
    path = Path(filename).resolve()
    if path.is_relative_to(Path.cwd()):
        return str(path.relative_to(Path.cwd()))
    for root in (str(Path(_OURS).parent) + os.sep, *_LIBRARIES):
        if str(path).startswith(root):
            return str(path.relative_to(root))
    return str(path)


def _frames(traceback: TracebackType | None) -> Iterator[Place]:
    while traceback is not None:
        yield traceback.tb_frame.f_code, traceback.tb_lineno
        traceback = traceback.tb_next


def _of_the_environment(error: BaseException) -> bool:
    """A database that fails, told as such or raised `from`; a blocked host, in whatever a client library wraps it."""
    each: BaseException | None = error
    while each is not None:
        if _DATABASE & {known.__name__ for known in type(each).__mro__}:
            return True
        each = each.__cause__
    each, seen = error, set[int]()
    while each is not None and id(each) not in seen:
        if isinstance(each, BlockedHostError):
            return True
        seen.add(id(each))
        each = each.__cause__ or each.__context__
    return False


def _codes(value: object) -> Iterator[CodeType]:
    function = getattr(value, "__func__", getattr(value, "fget", value))
    while function is not None:
        code = getattr(function, "__code__", None)
        if code is not None:
            yield from _nested(code)
        function = getattr(function, "__wrapped__", None)


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def not_implemented(driver: type[Driver], operation: str, error: BaseException) -> UsageError | None:
    """The message for an operation that the driver class itself has not written yet; None for any other crash."""
    places = team_places(error)
    if not isinstance(error, NotImplementedError) or not places or places[-1][0] not in driver_code(driver):
        return None
    line = line_at(places[-1])
    return UsageError(
        f"driver {driver.__qualname__}: not implemented: {operation} ({line.file}:{line.number}). "
        "Call your own payment code there and return what it said; delete the method if there is no such operation"
    )
