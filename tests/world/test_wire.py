"""Declared replies: what is read from the annotations, how they render, and which variations they have."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import pytest

from paypact.world.codecs import encode_json
from paypact.world.variations import ADDED_FIELD, Variation, variations
from paypact.world.wire import (
    UNSEEN_WORD,
    UNSET,
    Arm,
    Grade,
    Maybe,
    Open,
    Wire,
    documented,
    fields,
    like,
    never,
    render,
)

THREAD = documented("a thread", "unseen")
SWAP = Arm("swap", {"kind": "link", "card": UNSET, "link": {"email": "a@example.com"}}, documented("the manual", "arm"))


class Plastic(Wire):
    grows: ClassVar[str] = "the manual"
    brand: Annotated[Open, THREAD]
    last4: str | None = None
    wallet: Maybe[str | None] = UNSET


class Method(Wire):
    arms: ClassVar[tuple[Arm, ...]] = (SWAP,)
    id: Annotated[str, like("pm_")]
    kind: Open = "card"
    card: Annotated[Maybe[Plastic], never("kind is card", "absent")] = UNSET
    tags: list[str]


class Problem(Wire):
    method: Maybe[Method] = UNSET


class CardProblem(Problem):
    method: Method


def test_fields() -> None:
    """An annotation says name, types, absence, null, vocabulary, id pattern and grades."""
    id_, kind, card, tags = fields(Method)
    assert (id_.types, id_.like, id_.optional, id_.nullable, id_.open) == ((str,), like("pm_"), False, False, False)
    assert (kind.open, kind.types) == (True, (str,))
    assert (card.optional, card.nullable, card.wires) == (True, False, (Plastic,))
    assert (tags.types, tags.items, tags.wires) == ((list,), (str,), ())
    wallet = next(field for field in fields(Plastic) if field.name == "wallet")
    assert (wallet.optional, wallet.nullable) == (True, True)


@pytest.mark.parametrize(
    ("field", "kind", "grade"),
    [
        ("brand", "unseen", THREAD),
        ("brand", "null", Grade("never", "")),
        ("last4", "null", Grade("schema", "")),
        ("last4", "absent", Grade("never", "")),
        ("wallet", "absent", Grade("schema", "")),
    ],
)
def test_grades(field: str, kind: Any, grade: Grade) -> None:
    """A kind that the annotation says nothing about is graded by the bare type."""
    assert next(one for one in fields(Plastic) if one.name == field).grade(kind) == grade


def test_never_beats_the_type() -> None:
    """What the type allows and the situation rules out is never varied."""
    card = next(field for field in fields(Method) if field.name == "card")
    assert card.grade("absent") == never("kind is card", "absent")


def test_subclasses_tighten() -> None:
    """A situation may guarantee what the object does not."""
    assert [field.optional for field in (*fields(Problem), *fields(CardProblem))] == [True, False]


@pytest.fixture
def method() -> Method:
    return Method(id="pm_1", card=Plastic(brand="visa", last4="4242"), tags=["a"])


PLAIN = {"id": "pm_1", "kind": "card", "card": {"brand": "visa", "last4": "4242"}, "tags": ["a"]}


@pytest.mark.parametrize(
    "wrap", [lambda one: one, lambda one: {"method": one}, lambda one: [one, one]], ids=["alone", "envelope", "list"]
)
def test_render(method: Method, wrap: Any) -> None:
    """Absent fields are dropped wherever the object stands; JSON agrees with the plain data."""
    import json

    assert render(wrap(method)) == wrap(PLAIN)
    assert json.loads(encode_json(wrap(method))) == wrap(PLAIN)


def told(varied: Any, wanted: str) -> list[str]:
    return [str(one) for one in varied if one.grade.word in wanted.split()]


def test_variations(method: Method) -> None:
    """The very instance is walked, outermost first; what is evidenced and what is merely typed are told apart."""
    assert told(variations(method), "documented") == ["the reply arm swap", "card extra", "card.brand unseen"]
    assert told(variations(method), "schema") == ["the reply extra", "kind unseen", "card.last4 null", "tags empty"]
    assert told(variations(method), "never") == []


def test_every_variation(method: Method) -> None:
    """The illegal ones come along where needs are searched."""
    extra = set(told(variations(method, everything=True), "never"))
    assert {"id absent", "id null", "id unseen", "card absent", "card.brand absent", "tags null"} <= extra


def test_variations_in_an_envelope(method: Method) -> None:
    """Envelopes and lists are walked through."""
    paths = {one.path for one in variations({"data": [method]}) if one.kind == "unseen"}
    assert paths == {("data", 0, "kind"), ("data", 0, "card", "brand")}


@pytest.mark.parametrize(
    ("wanted", "changed"),
    [
        ("the reply arm swap", {"id": "pm_1", "kind": "link", "link": {"email": "a@example.com"}, "tags": ["a"]}),
        ("the reply extra", {**PLAIN, ADDED_FIELD: {"value": 1}}),
        ("card.brand unseen", {**PLAIN, "card": {"brand": UNSEEN_WORD, "last4": "4242"}}),
        ("card.last4 null", {**PLAIN, "card": {"brand": "visa", "last4": None}}),
        ("tags empty", {**PLAIN, "tags": []}),
    ],
)
def test_apply(method: Method, wanted: str, changed: Any) -> None:
    """A variation is applied to a copy."""
    (one,) = (one for one in variations(method) if str(one) == wanted)
    assert one.apply(method) == changed
    assert one.apply({**PLAIN, "card": {**PLAIN["card"]}}) == changed  # type: ignore[dict-item]  # a nested dict
    assert render(method) == PLAIN


def test_apply_within_a_list(method: Method) -> None:
    """A path leads through lists."""
    (one,) = (one for one in variations([method, method]) if one.path == (1, "card") and one.kind == "extra")
    varied = one.apply([method, method])
    assert (ADDED_FIELD in varied[0]["card"], ADDED_FIELD in varied[1]["card"]) == (False, True)


def test_several_at_once(method: Method) -> None:
    """Variations combine, one after the other."""
    tree: Any = method
    for one in list(variations(method))[::-1]:
        if one.kind in ("unseen", "empty"):
            tree = one.apply(tree)
    assert tree == {"id": "pm_1", "kind": UNSEEN_WORD, "card": {"brand": UNSEEN_WORD, "last4": "4242"}, "tags": []}


def test_absent() -> None:
    """A field that may be left out is left out."""
    plastic = Plastic(brand="visa", wallet="apple_pay")
    (one,) = (one for one in variations(plastic) if one == Variation(("wallet",), "absent", Grade("schema", "")))
    assert one.apply(plastic) == {"brand": "visa", "last4": None}


def test_instances_are_named() -> None:
    """Fields are given by name, in subclasses too."""
    with pytest.raises(TypeError):
        CardProblem(None)  # type: ignore[call-arg,arg-type]  # the point of the test
