"""What `paypact run` collects instead of tests: driver classes, in any Python file of a folder and in modules."""

from __future__ import annotations

import fnmatch
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paypact.discovery import drivers_in, may_define_driver, unusable
from paypact.errors import PaypactError
from paypact.runner.items import CellItem, DriverClass
from paypact.runner.plan import modules


class ModuleFile(pytest.File):
    """The file of a module that was named as `package.module` or `package.module:Class`: imported by that name."""

    module: str
    attribute: str

    def collect(self) -> Iterator[DriverClass]:
        """Its driver classes.

        Raises:
            CollectError: it cannot be imported, or has no such driver.
        """
        try:
            module = importlib.import_module(self.module)
            drivers = drivers_in(module, self.attribute)
        except PaypactError as mistake:
            raise self.CollectError(f"paypact: {mistake}") from mistake
        except Exception as error:
            raise self.CollectError(f"paypact: {unusable(self.path, error)}") from error
        for driver in drivers:
            yield DriverClass.of(self, driver.__name__, driver)


class OnlyDrivers:
    """Registered where `--paypact-only` is given: in the process of the command and in its workers."""

    NAME = "paypact-only-drivers"

    def __init__(self, config: pytest.Config) -> None:
        self.modules = modules(config)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Files that pytest itself would pass over, where they speak of drivers."""
        if file_path.suffix != ".py" or file_path.name == "conftest.py" or parent.session.isinitpath(file_path):
            return None
        if any(fnmatch.fnmatch(file_path.name, pattern) for pattern in parent.config.getini("python_files")):
            return None
        return pytest.Module.from_parent(parent, path=file_path) if may_define_driver(file_path) else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> Any:
        """Files of named modules are imported by their name."""
        name = self.modules.get(module_path)
        if name is None:
            return None
        node = ModuleFile.from_parent(parent, path=module_path)
        node.module, _, node.attribute = name.partition(":")
        return node

    def pytest_pycollect_makeitem(self, collector: Any, name: str, obj: object) -> list[pytest.Item]:
        """Called for what is no driver: the shop's own tests are left alone."""
        return []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Nor do tests in files of other kinds belong here."""
        items[:] = [item for item in items if isinstance(item, CellItem)]
