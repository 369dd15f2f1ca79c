"""Reading TOML tables of facts: into typed values, or one message with the wrong key and what may stand there."""

from __future__ import annotations

import datetime as dt
import tomllib
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from paypact.errors import DataError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

T = TypeVar("T")

_WORDS: dict[Any, str] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    float: "a number",
    dt.date: "a day, such as 2030-01-31",
}


def load(file: Traversable, kind: type[T]) -> T:
    """The TOML `file` as a `kind` (a `msgspec.Struct`, which should forbid unknown fields).

    Raises:
        DataError: the file is no TOML, or a key is unknown, missing or of the wrong kind.
    """
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{file.name} is not valid TOML: {error}") from error
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        key, problem, allowed = _fault(raw, kind, ())
        raise DataError(f"{file.name}, {'.'.join(key) or 'top level'}: {problem}; allowed: {allowed}") from error


def _fault(raw: object, kind: Any, key: tuple[str, ...]) -> tuple[tuple[str, ...], str, str]:
    """The innermost key at which `raw` is no `kind`. msgspec's own path leaves out the keys of free tables."""
    for name, value, inner in _parts(raw, kind):
        if not _fits(value, inner):
            return _fault(value, inner, (*key, name))
    try:
        msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        return key, _lower_first(str(error)), describe(kind)
    raise AssertionError(f"nothing is wrong at {key}")  # reached only if two conversions of one value differ


def _parts(raw: object, kind: Any) -> list[tuple[str, object, Any]]:
    """The parts of `raw` with their names and kinds, as far as `kind` says anything about them."""
    if isinstance(raw, dict) and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [
            (each.encode_name, raw[each.encode_name], each.type)
            for each in msgspec.structs.fields(kind)
            if each.encode_name in raw
        ]
    if isinstance(raw, dict) and get_origin(kind) is dict:
        return [(name, value, get_args(kind)[1]) for name, value in raw.items()]
    if isinstance(raw, list) and get_origin(kind) in (tuple, list):
        return [(str(number), value, get_args(kind)[0]) for number, value in enumerate(raw, 1)]
    return []


def _fits(raw: object, kind: Any) -> bool:
    try:
        msgspec.convert(raw, kind)
    except msgspec.ValidationError:
        return False
    return True


def describe(kind: Any) -> str:
    """What may stand for `kind`, in words."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        return ", ".join(f"{each.encode_name} (required)" if each.required else each.encode_name for each in fields)
    if get_origin(kind) in (Union, UnionType):  # TOML has no null: what is optional is left out
        return " or ".join(describe(each) for each in get_args(kind) if each is not NoneType)
    if get_origin(kind) is Literal:
        return ", ".join(str(each) for each in get_args(kind))
    if get_origin(kind) in (tuple, list):
        return f"a list of {describe(get_args(kind)[0])}"
    if get_origin(kind) is dict:
        return "a table"
    if hasattr(kind, "__metadata__"):  # Annotated: a pattern or a bound says more than the bare kind
        return f"{describe(get_args(kind)[0])} ({', '.join(_bounds(each) for each in kind.__metadata__)})"
    return _WORDS.get(kind, str(kind))


def _bounds(meta: msgspec.Meta) -> str:
    named = {"pattern {}": meta.pattern, "at least {}": meta.ge, "at most {}": meta.le}
    named["{} or more characters"] = meta.min_length
    return ", ".join(words.format(value) for words, value in named.items() if value is not None)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
