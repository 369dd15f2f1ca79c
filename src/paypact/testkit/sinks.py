"""Sinks: wherever text leaves an integration, other than what it sends on purpose. All is heard, nothing is lost.

Logs are heard at DEBUG, as they would be written: through the filters and formatters of the handlers that the team has
configured. What a library would not log as the team has set it up is none of the team's doing and is not heard; records
that only DEBUG brings about go no further than here.
"""

from __future__ import annotations

import copy
import logging
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from paypact.testkit.blame import Place, is_ours, is_team, of_packages

CLIENTS: Final = ("requests", "urllib3", "httpx", "httpcore")  # HTTP libraries, which log for themselves
_STANDARD: Final = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One text that came out, and who wrote it."""

    sink: str  # log, stdout, stderr, warning, exception, outcome, address, header, field
    text: str
    place: Place | None = None  # the team's line; None: the operation's own
    call: str = ""  # the driver's method within which it was written, where that is known
    library: str = ""  # the file or package of a library that wrote it of its own accord
    about: str = ""  # what a reader finds it by: the logger and level, the header's or field's name


Author: TypeAlias = "tuple[Place, str, str] | None"


@contextmanager
def listening(packages: Iterable[str]) -> Iterator[list[Piece]]:
    """Hear the log, standard output and error, and warnings; `packages` are those that write for themselves.

    What was installed before is installed again afterwards: levels, handlers, streams, warning filters.
    """
    heard: list[Piece] = []
    own = (*packages, *CLIENTS)
    streams = [_Stream(heard, own, name) for name in ("stdout", "stderr")]
    with _logging(heard, own), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = _warned(heard, own)
        for stream in streams:
            stream.begin()
        try:
            yield heard
        finally:
            for stream in streams:
                stream.end()


def author(packages: Iterable[str]) -> Author:
    """Who is writing: the team's innermost line, the driver's method around it, and the library below it, if any.

    None where nobody of the team's is on the stack: the text is not the integration's.
    """
    library = ""
    frame: Any = sys._getframe(1)  # noqa: SLF001 - the documented way to walk a stack cheaply
    while frame is not None and not is_team(frame.f_code.co_filename):
        if not library and of_packages(frame.f_code.co_filename, packages):
            library = frame.f_code.co_filename
        frame = frame.f_back
    if frame is None:
        return None
    place = (frame.f_code, frame.f_lineno)
    call = frame.f_code.co_name
    while frame is not None and not is_ours(frame.f_code.co_filename):
        if is_team(frame.f_code.co_filename):
            call = frame.f_code.co_name
        frame = frame.f_back
    return place, call, library


# --- the log ----------------------------------------------------------------------------------------------------------


@contextmanager
def _logging(heard: list[Piece], packages: tuple[str, ...]) -> Iterator[None]:
    root = logging.getLogger()
    level, handlers, disabled = root.level, list(root.handlers), root.manager.disable
    call_handlers = logging.Logger.callHandlers

    def usual(logger: logging.Logger) -> int:
        """The level that holds for a logger as the team has set it up."""
        up: logging.Logger | None = logger
        while up is not None and (up is root or not up.level):
            up = up.parent
        return max(up.level if up is not None else level, disabled + 1)

    def hear(logger: logging.Logger, record: logging.LogRecord) -> None:
        wrote = author(packages)
        switched_on = record.levelno >= usual(logger)
        if wrote is not None and (switched_on or not wrote[2]):
            about = f"{record.name}, {record.levelname}"
            heard.extend(Piece("log", text, *wrote, about) for text in _written(logger, record))
        if switched_on:
            call_handlers(logger, record)

    # Below the filters of loggers, above all handlers.
    logging.Logger.callHandlers = hear  # type: ignore[method-assign,assignment]  # stands in for a method
    root.setLevel(logging.DEBUG)
    logging.disable(logging.NOTSET)
    try:
        yield
    finally:
        logging.Logger.callHandlers = call_handlers  # type: ignore[method-assign]  # the method itself
        root.setLevel(level)
        root.handlers[:] = handlers
        logging.disable(disabled)


def _written(logger: logging.Logger, record: logging.LogRecord) -> Iterator[str]:
    """What the team's handlers would make of a record; where there is none, all that is in it."""
    handlers = list(_handlers(logger))
    for handler in handlers:
        given = copy.copy(record)  # a filter that masks does so in place
        with suppress(Exception):  # a handler that fails writes nothing
            passed: Any = handler.filter(given)
            if passed:
                yield handler.format(passed if isinstance(passed, logging.LogRecord) else given)
    if not handlers:
        yield _whole(record)


def _handlers(logger: logging.Logger) -> Iterator[logging.Handler]:
    up: logging.Logger | None = logger
    while up is not None:
        for handler in up.handlers:
            if not isinstance(handler, logging.NullHandler) and not type(handler).__module__.startswith("_pytest"):
                yield handler
        up = up.parent if up.propagate else None


def _whole(record: logging.LogRecord) -> str:
    try:
        parts = [record.getMessage()]
    except Exception:  # noqa: BLE001 - a message that does not fit its arguments
        parts = [f"{record.msg!s} {record.args!r}"]
    parts += [f"{name}={value!r}" for name, value in vars(record).items() if name not in _STANDARD]
    if record.exc_info:
        parts.append(logging.Formatter().formatException(record.exc_info))
    return " ".join(parts)


# --- standard output and error, warnings ------------------------------------------------------------------------------


class _Stream:
    """Stands in front of a standard stream and hears whole lines."""

    def __init__(self, heard: list[Piece], packages: tuple[str, ...], name: str) -> None:
        self._heard = heard
        self._packages = packages
        self._name = name
        self._stream: Any = None
        self._line = ""
        self._wrote: Author = None

    def begin(self) -> None:
        self._stream = getattr(sys, self._name)
        setattr(sys, self._name, self)

    def end(self) -> None:
        if getattr(sys, self._name) is self:  # else somebody has put another there, and knows why
            setattr(sys, self._name, self._stream)
        self._hear("\n")
        self._heard = []  # whoever keeps this stream is not heard any more

    def write(self, text: str) -> Any:
        wrote = author(self._packages)
        if wrote is not None:
            self._wrote = wrote
            self._hear(text)
        return self._stream.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _hear(self, text: str) -> None:
        *lines, self._line = (self._line + text).split("\n")
        if self._wrote is not None:
            self._heard.extend(Piece(self._name, line, *self._wrote) for line in lines if line)


def _warned(heard: list[Piece], packages: tuple[str, ...]) -> Callable[..., None]:
    def show(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        wrote = author(packages)
        if wrote is not None:
            heard.append(Piece("warning", f"{category.__name__}: {message}", *wrote))

    return show
