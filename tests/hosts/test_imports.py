"""Client libraries are dealt with when they are imported, and never imported for the purpose."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from paypact.hosts.imports import when_imported


def test_an_imported_module_is_dealt_with_at_once() -> None:
    """The shop's imports usually come first."""
    seen: list[ModuleType] = []
    when_imported("json", seen.append)
    assert seen == [sys.modules["json"]]


def test_a_later_import_is_dealt_with_when_it_has_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An integration may import its client inside the function that needs it; a missing package stays missing."""
    seen = []
    when_imported("a_late_client", lambda module: seen.append(module.ready))
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError):
        __import__("a_late_client")
    (tmp_path / "a_late_client.py").write_text("ready = True\n")
    sys.path_importer_cache.clear()
    __import__("a_late_client")
    assert seen == [True]
    monkeypatch.delitem(sys.modules, "a_late_client")
    __import__("a_late_client")
    assert seen == [True]


def test_the_hosts_import_no_client_that_the_code_under_test_may_lack() -> None:
    """urllib3 is a dependency; requests, httpx and the time machine are not loaded before they are needed."""
    program = (
        "import sys\nfrom paypact import hosts\nfrom paypact.world import clock\n"
        "clock.install(); hosts.process.install(); hosts.httpx.install()\n"
        "print(sorted({'requests', 'httpx', 'httpcore', 'time_machine', 'hypothesis'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
