"""Discovery: from what a user names (files, folders, modules, nothing) to driver classes and their columns.

There is no registry: a module is scanned for the driver classes that it defines.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from paypact import gateways
from paypact.driver import Driver, Scope, is_driver
from paypact.errors import PaypactError, UsageError
from paypact.testkit.blame import is_team, shown
from paypact.testkit.target import Target, targets

_NAMED = re.compile(r"(?P<module>[^\W\d]\w*(\.[^\W\d]\w*)*)(:(?P<attribute>[^\W\d]\w*))?")
_SCOPE = frozenset(Scope.__dataclass_fields__) - {"name"}


@dataclass(frozen=True)
class Place:
    """Where drivers are looked for: a file or folder; `module` where it was named as one, then its `attribute`."""

    name: str  # as it stands in replay commands
    path: Path
    module: str = ""
    attribute: str = ""


def places(named: Sequence[str], drivers: Sequence[str] = ()) -> tuple[Place, ...]:
    """What to look into: what the user named, else the `drivers` of the settings, else the bundled integrations.

    Raises:
        UsageError: nothing of that name, or it cannot be read; no bundled integration's SDK is installed.
    """
    if named or drivers:
        return tuple(place(name) for name in named or drivers)
    return tuple(bundled())


def place(name: str) -> Place:
    """One place.

    Raises:
        UsageError: no file, folder or module of that name, or it cannot be read.
    """
    path = Path(name)
    try:
        there = path.exists()
        closed = there and not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0))
    except PermissionError:  # the folder that holds it is closed
        there = closed = True
    if closed:
        raise UsageError(f"{name} cannot be read: permission denied. Make it readable, or name another path")
    if there:
        if path.is_file() and path.suffix != ".py":
            raise UsageError(f"{name} is no Python file. Name a .py file that defines a driver, a folder, or a module")
        return Place(shown(str(path)), path.resolve())
    importable()
    match = _NAMED.fullmatch(name)
    if match is None or not (spec := _spec(match["module"])):
        raise UsageError(
            f"no file, folder or module is named {name!r} here ({Path.cwd()}). Name a Python file or folder, "
            "or a driver in a package as package.module:Class"
        )
    return Place(name, Path(spec.origin or ""), match["module"], match["attribute"] or "")


def importable() -> None:
    """Let modules of the working folder be imported, as `python -m pytest` does; workers get the same path."""
    here = str(Path.cwd())
    if "" not in sys.path and here not in sys.path:
        sys.path.insert(0, here)


def bundled() -> Iterator[Place]:
    """The reference integration of each gateway that has one, and whose SDK is installed.

    Raises:
        UsageError: no vendor's SDK is installed, or a module cannot be imported.
    """
    missing: list[str] = []
    found = False
    for name in gateways.names():
        module = f"{gateways.load(name).package}.integration"
        spec = _spec(module)
        if spec is None or spec.origin is None:
            continue
        try:
            importlib.import_module(module)
        except ModuleNotFoundError:
            missing.append(gateways.load(name).facts.gateway.extra or name)
            continue
        except Exception as error:
            raise UsageError(unusable(Path(spec.origin), error)) from error
        found = True
        yield Place(module, Path(spec.origin), module)
    if missing and not found:
        ways = " or ".join(f"'paypact[{extra}]'" for extra in missing)
        raise UsageError(f"no bundled integration can be run: no vendor's SDK is installed: pip install {ways}")


def drivers_in(module: ModuleType, attribute: str = "") -> tuple[type[Driver], ...]:
    """The driver classes that a module defines, in its order; imported ones are left to the module they come from.

    Raises:
        UsageError: the module has no driver class of that name.
    """
    if attribute:
        value: Any = getattr(module, attribute, None)
        if not is_driver(value):
            state = "has no such name" if value is None else "is no driver with a gateway"
            found = ", ".join(each.__name__ for each in drivers_in(module)) or "none"
            what = f"{module.__name__}:{attribute}" if value is not None else f"{module.__name__} ({attribute})"
            raise UsageError(f"{what} {state} (drivers there: {found})")
        return (value,)
    mine = (each for each in vars(module).values() if is_driver(each) and each.__module__ == module.__name__)
    return tuple(dict.fromkeys(mine))


def load(found: Place) -> ModuleType:
    """Import the module of a place that is a file or a module, outside any test run.

    Raises:
        UsageError: it cannot be imported; the message names file, line and error.
    """
    try:
        if found.module:
            return importlib.import_module(found.module)
        name = f"paypact_file_{found.path.stem}_{abs(hash(str(found.path)))}"
        if name in sys.modules:
            return sys.modules[name]
        spec = importlib.util.spec_from_file_location(name, found.path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    except Exception as error:
        raise UsageError(unusable(found.path, error)) from error
    return module


def targets_in(found: Place) -> tuple[Target, ...]:
    """All columns that a file or module defines.

    Raises:
        UsageError: it cannot be imported, defines no driver, or one that cannot be driven.
    """
    module = load(found)
    columns = [each for driver in drivers_in(module, found.attribute) for each in targets(driver, found.name)]
    if not columns:
        raise nothing_in([found.name])
    return tuple(columns)


def nothing_in(names: Iterable[str]) -> UsageError:
    """What is said where no driver was found."""
    where = ", ".join(names)
    return UsageError(
        f"no integration found in {where}: no class there subclasses paypact.Driver with a gateway. "
        'Write `class Shop(Driver, gateway="...")` with the operations you offer, or name the file that has it'
    )


@cache
def may_define_driver(path: Path) -> bool:
    """Whether a Python file is worth importing to look for drivers: it speaks of paypact or of a driver's keywords."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return "paypact" in text  # then its own error should be heard
    return any(_speaks_of_drivers(node) for node in ast.walk(tree))


def unusable(file: Path, error: BaseException) -> str:
    """One message for a file that cannot be imported: where, what, and what to do."""
    if isinstance(error, SyntaxError):
        code = f" `{error.text.strip()}`" if error.text else ""
        where = f"{shown(error.filename or str(file))}:{error.lineno}"
        return f"{where}: syntax error: {error.msg}{code}. Fix it: until then no driver in this file can run"
    if type(error).__name__ == "ImportPathMismatchError":  # pytest's own, and not public
        return (
            f"{shown(str(file))}: {shown(error.args[1])} was imported under the same module name. Give one of them "
            "another name, put an __init__.py beside each, or let pytest use `--import-mode=importlib`"
        )
    every = list(traceback.extract_tb(error.__traceback__))
    frames = [frame for frame in every if is_team(frame.filename)] or every
    own = [frame for frame in frames if Path(frame.filename).name == file.name] or frames
    where = f"{shown(own[-1].filename)}:{own[-1].lineno}" if own else shown(str(file))
    code = f" `{own[-1].line}`" if own and own[-1].line else ""
    last = frames[-1] if frames and frames[-1] is not own[-1] else None
    deeper = f" (raised in {shown(last.filename)}:{last.lineno})" if last else ""
    advice = "Fix it: until then no driver in this file can run"
    if isinstance(error, ModuleNotFoundError):
        advice = (
            "Install it, run from the folder that holds it, "
            "or name that folder in `pythonpath` of [tool.pytest.ini_options]"
        )
    if isinstance(error, PaypactError):  # our own words are whole
        return f"{where}: {error}"
    said = f"{type(error).__name__}: {error}"
    return f"{where}: {said}{deeper}, while it was imported{':' if code else ''}{code}. {advice}"


def _speaks_of_drivers(node: ast.AST) -> bool:
    if isinstance(node, ast.ClassDef):
        return not _SCOPE.isdisjoint(keyword.arg for keyword in node.keywords)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] == "paypact"
    return isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "paypact" for alias in node.names)


def _spec(module: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(module)
    except (ImportError, AttributeError, ValueError):
        return None


def innermost(error: BaseException) -> str:
    """Where an exception was raised, as `file:line`."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{shown(frames[-1].filename)}:{frames[-1].lineno}" if frames else "no line known"
