"""Act on a client library when the code under test imports it: none of them is imported for its sake alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, TypeAlias

Act: TypeAlias = Callable[[ModuleType], None]

_waiting: dict[str, Act] = {}


def when_imported(name: str, act: Act) -> None:
    """Call `act` with the module of that name: now where it is imported already, else as soon as it is."""
    module = sys.modules.get(name)
    if module is not None:
        act(module)
        return
    _waiting[name] = act
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        act = _waiting.pop(name, None)
        if act is None:
            return None
        found = (finder.find_spec(name, path, target) for finder in sys.meta_path if finder is not self)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is None or spec.loader is None:
            _waiting[name] = act  # not installed, so far
            return None
        loader: Any = spec.loader
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            act(module)

        loader.exec_module = exec_module
        return spec


_FINDER = _Finder()
