"""A vendor's OpenAPI description, and where declared replies disagree with it: a fence, not the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from paypact.world.wire import Field, Wire, fields

_Seen: TypeAlias = set[tuple[type[Wire], int]]  # declared classes and the schemas they were compared with

_KINDS: dict[Any, str] = {
    str: "string",
    int: "integer",
    bool: "boolean",
    float: "number",
    list: "array",
    dict: "object",
}


class Description:
    """One OpenAPI document (version 3)."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def schema(self, name: str) -> dict[str, Any]:
        """A schema of the document by its name.

        Raises:
            KeyError: the document has none of that name.
        """
        found: dict[str, Any] = self.document["components"]["schemas"][name]
        return found

    def disagreements(self, cls: type[Wire], name: str) -> list[str]:
        """Where a declared object and those within it say something else than the schema called `name`.

        A field that is always sent here may be optional there: vendors leave out of `required` what they always send.
        The opposite is a disagreement, as are unknown fields, other types, and a null that the schema does not know.
        """
        return sorted(set(self._compare(cls, self.schema(name), set())))

    def _compare(self, cls: type[Wire], schema: dict[str, Any], seen: _Seen) -> Iterator[str]:
        if (cls, id(schema)) in seen:
            return
        seen.add((cls, id(schema)))
        required = schema.get("required", ())
        for field in fields(cls):
            place = f"{cls.__name__}.{field.name}"
            described = schema.get("properties", {}).get(field.name)
            if described is None:
                yield f"{place} is not described"
                continue
            if field.optional and field.name in required:
                yield f"{place} may be absent here and is required there"
            yield from self._field(field, described, place, seen)

    def _field(self, field: Field, described: dict[str, Any], place: str, seen: _Seen) -> Iterator[str]:
        arms = list(self._arms(described))
        if field.nullable and not described.get("nullable") and not any(arm.get("nullable") for arm in arms):
            yield f"{place} may be null here and not there"
        kinds = {arm.get("type", "object" if "properties" in arm else "") for arm in arms}
        for one in field.types:
            if isinstance(one, type) and issubclass(one, Wire):
                yield from self._object(one, arms, place, seen)
            elif _KINDS[one] not in kinds and not (one is int and "number" in kinds):
                yield f"{place} is {_KINDS[one]} here and {' or '.join(sorted(kinds))} there"
        for one in field.items:
            for arm in arms:
                if isinstance(one, type) and issubclass(one, Wire) and arm.get("type") == "array":
                    yield from self._object(one, list(self._arms(arm["items"])), place, seen)

    def _object(self, cls: type[Wire], arms: list[dict[str, Any]], place: str, seen: _Seen) -> Iterator[str]:
        """The disagreements with the arm of a union that agrees best."""
        objects = [arm for arm in arms if "properties" in arm]
        if not objects:
            yield f"{place} is an object here and not there"
            return
        found = [(list(self._compare(cls, arm, set(seen))), arm) for arm in objects]
        least, best = min(found, key=lambda one: len(one[0]))
        seen.add((cls, id(best)))
        yield from least

    def _arms(self, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if "$ref" in schema:
            yield from self._arms(self.schema(schema["$ref"].rpartition("/")[2]))
        elif "anyOf" in schema or "oneOf" in schema:
            for arm in schema.get("anyOf") or schema["oneOf"]:
                yield from self._arms(arm)
        else:
            yield schema
