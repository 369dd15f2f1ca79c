"""Wire: replies declared as classes whose annotations say what the gateway may leave out, null, extend or swap.

    class Card(Wire):
        brand: Annotated[Open, documented("https://...", "unseen")]   # a vocabulary that may grow
        status: State                       # another such: it says where a payment, movement or verification stands
        country: str | None = None                                    # always there, may be null
        wallet: Maybe[Wallet] = UNSET                                 # may be left out

From these lines come the rendering of a reply, its legal variations, the comparison with the vendor's description and
the matchers of a contract. Optionality belongs to the situation, not to the object: a subclass tightens what its
situation guarantees. Constant fields are defaults, so that a simulator names only what varies.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from msgspec import UNSET, UnsetType

T = TypeVar("T")
Maybe: TypeAlias = T | UnsetType  # the gateway may leave this field out
Kind: TypeAlias = Literal["absent", "null", "unseen", "extra", "empty", "arm", "other", "retyped"]
GradeWord: TypeAlias = Literal["documented", "schema", "never"]

_SCALARS = (datetime, date, Decimal)  # some formats write them otherwise than as the text they would become
UNSEEN_WORD = "a_word_of_next_year"

__all__ = [
    "UNSET",
    "Arm",
    "Field",
    "Grade",
    "Item",
    "Like",
    "Maybe",
    "Open",
    "State",
    "Wire",
    "documented",
    "fields",
    "like",
    "never",
    "render",
]


@dataclass(frozen=True, slots=True)
class _OpenVocabulary:
    """Marks a string whose words the vendor may add to. `state`: without the word nobody knows what happened."""

    state: bool = False


Open: TypeAlias = Annotated[str, _OpenVocabulary()]
State: TypeAlias = Annotated[str, _OpenVocabulary(state=True)]


@dataclass(frozen=True, slots=True)
class Like:
    """An id: text that starts with `prefix`; two replies never share one."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Grade:
    """How well a variation of one field is evidenced. `kinds` empty: every kind that the annotation allows."""

    word: GradeWord
    source: str
    kinds: tuple[Kind, ...] = ()


SCHEMA: Final = Grade("schema", "")  # nothing but the annotation allows it
NEVER: Final = Grade("never", "")


def like(prefix: str) -> Like:
    """The note that a field is an id whose text starts with `prefix`."""
    return Like(prefix)


def documented(source: str, *kinds: Kind) -> Grade:
    """The vendor's text, or a cited thread, says that this happens in this situation."""
    return Grade("documented", source, kinds)


def never(reason: str, *kinds: Kind) -> Grade:
    """The type allows it, and in this situation it does not happen: never varied, whatever the grade asked for."""
    return Grade("never", reason, kinds)


class _KeywordsOnly(msgspec.StructMeta):
    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> Any:
        # msgspec does not inherit kw_only; without it no subclass could add a field that must be given
        return super().__new__(cls, name, bases, namespace, **{"kw_only": True, "gc": False, **config})


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class Wire(msgspec.Struct, metaclass=_KeywordsOnly):
    """Base of everything a gateway sends. `arms` are other shapes of the object, each as the fields it changes.

    `grows` names the source that says objects may gain fields without a new version; empty where the vendor is silent.
    """

    arms: ClassVar[tuple[Arm, ...]] = ()
    grows: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Arm:
    """Another coherent shape of one object: several fields change together. `UNSET` leaves a field out.

    `state`: who does not know this shape cannot know where the payment stands.
    """

    name: str
    fields: Mapping[str, Any]
    grade: Grade
    state: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field, read from its annotation."""

    name: str  # on the wire
    attribute: str
    types: tuple[Any, ...]  # without None and absence; `list` and `dict` stand for themselves
    items: tuple[Any, ...] = ()  # what a list or dict holds
    words: Grade | None = None  # of an unseen word among a list's items, where they are open words
    optional: bool = False
    nullable: bool = False
    open: bool = False
    state: bool = False  # an open word that says where a payment, movement or verification stands
    like: Like | None = None
    grades: tuple[Grade, ...] = ()

    @property
    def wires(self) -> tuple[type[Wire], ...]:
        """The declared objects that this field may hold, itself or as items."""
        return tuple(t for t in (*self.types, *self.items) if isinstance(t, type) and issubclass(t, Wire))

    def allows(self, kind: Kind) -> bool:
        """Whether the annotation allows this kind of variation."""
        allowed = {"absent": self.optional, "null": self.nullable, "unseen": self.open, "empty": list in self.types}
        return allowed.get(kind, False)

    def grade(self, kind: Kind) -> Grade:
        """The grade of one kind of variation: what the annotation says, else the bare schema, else never."""
        for grade in self.grades:
            if kind in (grade.kinds or (kind,)):
                return grade
        return SCHEMA if self.allows(kind) else NEVER


@cache
def fields(cls: type[Wire]) -> tuple[Field, ...]:
    """The declared fields of a wire class, in order."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple(
        _read(name, attribute, hints[attribute])
        for name, attribute in zip(cls.__struct_encode_fields__, cls.__struct_fields__, strict=True)
    )


class Item(dict[str, Any]):
    """A wire of a list as plain data; `of` is its class's name, which formats that name their items write."""

    __slots__ = ("of",)
    of: str


def render(body: Any) -> Any:
    """A body as plain dicts, lists and scalars: absent fields are dropped, in envelopes and lists of wires too."""
    return _named(body, msgspec.to_builtins(body, builtin_types=_SCALARS))


def _named(body: Any, tree: Any) -> Any:
    """The plain data of a body, in which the items of lists still know what they are."""
    if isinstance(body, Wire):
        for name, attribute in zip(body.__struct_encode_fields__, body.__struct_fields__, strict=True):
            if name in tree:
                tree[name] = _named(getattr(body, attribute), tree[name])
    elif isinstance(body, dict):
        for name, held in body.items():
            if name in tree:
                tree[name] = _named(held, tree[name])
    elif isinstance(body, list | tuple):
        return [_item(held, _named(held, plain)) for held, plain in zip(body, tree, strict=True)]
    return tree


def _item(held: Any, plain: Any) -> Any:
    if not isinstance(held, Wire):
        return plain
    item = Item(plain)
    item.of = type(held).__name__
    return item


def _read(name: str, attribute: str, hint: Any) -> Field:
    types_: list[Any] = []
    items: list[Any] = []
    notes: list[Any] = []
    inner: list[Any] = []
    _flatten(hint, types_, items, notes, inner)
    words = next((note for note in inner if isinstance(note, Grade)), SCHEMA)
    return Field(
        name,
        attribute,
        tuple(t for t in types_ if t not in (type(None), UnsetType)),
        tuple(items),
        words if list in types_ and any(isinstance(note, _OpenVocabulary) for note in inner) else None,
        optional=UnsetType in types_,
        nullable=type(None) in types_,
        open=any(isinstance(note, _OpenVocabulary) for note in notes),
        state=any(isinstance(note, _OpenVocabulary) and note.state for note in notes),
        like=next((note for note in notes if isinstance(note, Like)), None),
        grades=tuple(note for note in notes if isinstance(note, Grade)),
    )


def _flatten(hint: Any, types_: list[Any], items: list[Any], notes: list[Any], inner: list[Any]) -> None:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        notes.extend(args[1:])
        _flatten(args[0], types_, items, notes, inner)
    elif origin in (Union, types.UnionType):
        for arg in args:
            _flatten(arg, types_, items, notes, inner)
    elif origin in (list, tuple, dict):
        types_.append(list if origin is tuple else origin)
        _flatten(args[-1] if origin is dict else args[0], items, [], inner, [])
    else:
        types_.append(hint)
