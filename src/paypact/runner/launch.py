"""Launching: pytest started in this process, quietly, on the driver classes of some places."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from paypact.discovery import Place, importable, nothing_in
from paypact.errors import UsageError
from paypact.report.model import RunResult
from paypact.report.progress import Progress, Quiet
from paypact.runner.items import CellItem
from paypact.runner.tally import Tally
from paypact.runner.watcher import Watcher
from paypact.testkit.example import Example

_NO_PLUGINS: Final = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"


@dataclass(frozen=True)
class Order:
    """What to run. Empty tuples and texts: all, or what the settings say."""

    places: tuple[Place, ...]
    apart: bool = False  # the bundled integrations: nothing of the folder we stand in applies to them
    promises: tuple[str, ...] = ()
    integrations: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    profile: str = "pr"
    fail_on: str = ""
    case: str = ""
    keyword: str = ""
    workers: int | None = None  # None: as many as are worth it
    exit_first: bool = False
    baseline: str = ""  # its file, or `off`
    shard: str = ""  # this machine's share: "2/5"

    @property
    def narrowed(self) -> bool:
        """Whether cells of the integrations that it is about are left out."""
        return bool(self.promises or self.schemes or self.case or self.keyword or self.exit_first)


def run(
    order: Order, progress: Progress | None = None, *, witness: Callable[[Example], None] | None = None
) -> RunResult:
    """Run the cells. `witness` is given the example of a replay, which must be run in this process.

    Raises:
        UsageError: nothing could be run; the message says why.
    """
    began = time.perf_counter()
    with progress or Quiet() as shown:
        watcher = Watcher(shown, asked=order.workers, witness=witness)
        said = _pytest(order, watcher)
    _check(order, watcher, said)
    recorder = watcher.recorder
    tally = recorder.tally if recorder else None
    if recorder is None or tally is None:
        raise UsageError("interrupted before the first cell was done")
    if watcher.interrupted:
        tally.blame(f"interrupted after {len(tally.tested)} of {len(watcher.items)} cells")
    elif not order.exit_first:
        _missing(tally, watcher)
    return recorder.result(time.perf_counter() - began, narrowed=order.narrowed)


def collect(order: Order) -> list[CellItem]:
    """The cells that would run.

    Raises:
        UsageError: there are none; the message says why.
    """
    watcher = Watcher(Quiet(), collect_only=True)
    said = _pytest(order, watcher)
    _check(order, watcher, said)
    return watcher.items


def _missing(tally: Tally, watcher: Watcher) -> None:
    """A cell that said nothing, because its worker died, is not one that kept its promise."""
    lost = [item.cell.name for item in watcher.items if item.place not in tally.tested]
    if lost and not tally.errors:
        cells = f"{lost[0]} and {len(lost) - 1} more cells" if len(lost) > 1 else lost[0]
        tally.blame(
            f"{cells} gave no result: the process that ran it died. Use -n 0 to run all in one process and see why"
        )


def _check(order: Order, watcher: Watcher, said: str) -> None:
    """Raise where nothing ran."""
    names = [place.name for place in order.places]
    if watcher.mistakes:
        raise UsageError("\npaypact: ".join(watcher.mistakes))
    if said.startswith("paypact: "):
        raise UsageError(said.removeprefix("paypact: "))
    if said:
        raise UsageError(f"pytest could not start: {said}")
    if not watcher.items and not watcher.interrupted:
        raise UsageError(f"no cell matches -k {order.keyword!r}") if order.keyword else nothing_in(names)


def _pytest(order: Order, watcher: Watcher) -> str:
    """Start pytest; what it said where it could not."""
    importable()
    said = io.StringIO()
    with (
        tempfile.TemporaryDirectory(prefix="paypact-") as folder,
        contextlib.redirect_stderr(said),
        _alone() if order.apart else contextlib.nullcontext(),
    ):
        code = pytest.main(_arguments(order, Path(folder)), plugins=[watcher])
    if code not in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        return ""
    lines = [line.strip().removeprefix("ERROR: ") for line in said.getvalue().splitlines() if line.strip()]
    return "; ".join(lines) or f"exit code {int(code)}"


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """No plugin is loaded that merely happens to be installed, here and in workers; those we name are, by name."""
    before = os.environ.get(_NO_PLUGINS)
    os.environ[_NO_PLUGINS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_NO_PLUGINS]
        else:
            os.environ[_NO_PLUGINS] = before


def _arguments(order: Order, folder: Path) -> list[str]:
    """Settings of the shop's own pytest hold, but its caches stay clean and its choice of workers is not ours."""
    arguments = [
        *("-p", "paypact", "-p", "xdist", "-n", "0", "-x" if order.exit_first else "--maxfail=0"),
        *("-o", f"cache_dir={folder}"),
        *("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"),  # our own, by the command
        "--paypact-only=drivers",
        f"--paypact-profile={order.profile}",
    ]
    for option, values in (
        ("promise", order.promises),
        ("integration", order.integrations),
        ("scheme", order.schemes),
        ("fail-on", [order.fail_on]),
        ("case", [order.case]),
        ("shard", [order.shard]),
        ("baseline", [order.baseline]),
        (
            "module",
            [f"{place.path}={place.module}:{place.attribute}".rstrip(":") for place in order.places if place.module],
        ),
    ):
        arguments += [f"--paypact-{option}={value}" for value in values if value]
    if order.keyword:
        arguments += ["-k", order.keyword]
    paths = [place.path for place in order.places]
    root = Path.cwd()
    if order.apart:
        root = Path(os.path.commonpath([path.parent for path in paths]))
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        arguments += ["-c", str(folder / "pytest.ini"), f"--confcutdir={root}"]
    return [*arguments, f"--rootdir={root}", *map(str, paths)]
