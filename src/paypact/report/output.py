"""Where a command writes while pytest holds standard output for itself."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO


@contextmanager
def standard_output() -> Iterator[IO[str]]:
    """Standard output as it is now, through a descriptor of its own: what captures the usual one does not get this."""
    try:
        descriptor = os.dup(sys.stdout.fileno())
    except (OSError, io.UnsupportedOperation, AttributeError):  # not a file: what stands there takes everything
        yield sys.stdout
        return
    sys.stdout.flush()
    with open(descriptor, "w", encoding=sys.stdout.encoding, errors="backslashreplace", newline="") as out:  # noqa: PTH123 - a descriptor
        yield out
