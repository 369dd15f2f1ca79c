"""Files that a run was asked for: looked at before, and written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from paypact.errors import UsageError


def check(target: str) -> None:
    """Make sure that `target` can be written, before a run is spent on it.

    Raises:
        UsageError: its folder is missing or closed, or it is a folder itself.
    """
    path, folder = Path(target), Path(target).parent
    try:
        if path.is_dir():
            raise UsageError(f"the result cannot be written to {target}: it is a folder. Name a file in it")
        if not folder.is_dir():
            raise UsageError(
                f"the result cannot be written to {target}: there is no folder {folder}. Make it, or name another"
            )
        closed = not os.access(folder, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.W_OK))
    except PermissionError:  # not even looked at
        closed = True
    if closed:
        raise UsageError(f"the result cannot be written to {target}: permission denied. Name a file you may write")


def make_folder(folder: Path, way_out: str) -> None:
    """Make a folder with those above it, unless it is there.

    Raises:
        UsageError: it cannot be made; `way_out` is what the message ends with.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"folder {folder} cannot be made: {error.strerror}. {way_out}") from error


def replace(target: str, content: bytes) -> None:
    """Write the whole file or nothing: who reads it never sees half of it.

    Raises:
        UsageError: the file cannot be written.
    """
    path = Path(target)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(name, 0o644)  # noqa: PTH101 - mkstemp's own mode would keep other users of a CI machine out
            os.replace(name, path)  # noqa: PTH105 - as above, one call beside the other
        except BaseException:
            os.unlink(name)  # noqa: PTH108 - as above
            raise
    except OSError as error:
        raise UsageError(
            f"the result cannot be written to {target}: {error.strerror}. Name a file you may write"
        ) from error
