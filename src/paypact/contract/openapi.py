"""A vendor's OpenAPI description (2.0, 3.0, 3.1; JSON or YAML), read as far as replies go.

Descriptions are megabytes large and refer to themselves in loops: nothing is expanded that no need leads to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path as File
from typing import Any, Final
from urllib.parse import unquote

from paypact.contract.paths import Path
from paypact.errors import UsageError

METHODS: Final = ("get", "post", "put", "patch", "delete", "head", "options")
MOST: Final = 64 * 1024 * 1024  # bytes
MOST_ARMS: Final = 200  # of one place: nested unions multiply
_OBJECT: Final = ("properties", "additionalProperties", "required")


@dataclass(frozen=True, slots=True)
class Described:
    """What a description says of one field of a reply. `types` empty: any."""

    types: frozenset[str]
    nullable: bool
    optional: bool
    words: frozenset[Any] | None  # None: the vocabulary is open


class Absent(Exception):
    """A description has no such field. `at` is the path as far as something is missing, `near` the fields beside it."""

    def __init__(self, at: Path, near: tuple[str, ...]) -> None:
        super().__init__(str(at))
        self.at, self.near = at, near


class Api:
    """One description."""

    def __init__(self, document: Mapping[str, Any], name: str) -> None:
        self.document, self.name = document, name
        self._paths = [
            (tuple(path.strip("/").split("/")), item)
            for path, item in document["paths"].items()
            if isinstance(item, dict)
        ]

    @property
    def title(self) -> str:
        """What the vendor calls it, with its version."""
        info = self.document.get("info", {})
        return f"{info.get('title', 'API')} {info.get('version', '')}".strip()

    def reply(self, method: str, path: str, status: int) -> Mapping[str, Any] | None:
        """The schema of a reply; None where the request or the reply is not described.

        A path is matched from its end, because servers and versions stand before it; the longest template wins.
        """
        parts = tuple(path.strip("/").split("/"))
        fitting = [pair for pair in self._paths if _fits(pair[0], parts) and method.lower() in pair[1]]
        if not fitting:
            return None
        _, item = max(fitting, key=lambda pair: (len(pair[0]), sum(not one.startswith("{") for one in pair[0])))
        replies = {str(key).upper(): held for key, held in item[method.lower()].get("responses", {}).items()}
        keys = (str(status), f"{status // 100}XX", "DEFAULT")
        found = next((self._followed(replies[key], set()) for key in keys if key in replies), None)
        if found is None:
            return None
        if "content" in found:
            kinds = found["content"]
            kind = next((each for each in kinds if each.partition(";")[0].endswith("json")), next(iter(kinds), None))
            return kinds[kind].get("schema", {}) if kind is not None else {}
        schema: Mapping[str, Any] = found.get("schema", {})
        return schema

    def described(self, schema: Mapping[str, Any], path: Path) -> Described:
        """What is said of the field at a path of a reply.

        Raises:
            Absent: there is none.
        """
        here, optional = self._arms(schema, frozenset()), False
        for depth, part in enumerate(path):
            inner: list[Mapping[str, Any]] = []
            holders, required = 0, True
            for arm in here:
                found = _below(arm, part)
                if found is not None:
                    holders += 1
                    required &= isinstance(part, int) or part in arm.get("required", ())
                    inner += self._arms(found, frozenset())
            if not holders:
                names = tuple(dict.fromkeys(str(key) for arm in here for key in arm.get("properties", ())))
                raise Absent(path[: depth + 1], names)
            rivals = sum(isinstance(part, str) and "object" in _types(arm) for arm in here)
            optional = not required or holders < rivals
            here = inner
        return Described(
            frozenset(kind for arm in here for kind in _types(arm)) if all(map(_types, here)) else frozenset(),
            nullable=any(_nullable(arm) for arm in here),
            optional=optional,
            words=frozenset(word for arm in here for word in arm["enum"] if word is not None)
            if here and all("enum" in arm for arm in here)
            else None,
        )

    def _arms(self, schema: Any, seen: frozenset[str]) -> list[Mapping[str, Any]]:
        """The alternatives of a schema, references followed and parts put together; what leads back to itself ends."""
        if not isinstance(schema, dict):
            return [{}] if schema is True else []
        if "$ref" in schema:
            target = str(schema["$ref"])
            if target in seen:
                return []
            beside = {key: held for key, held in schema.items() if key in ("nullable", "x-nullable")}
            return [{**arm, **beside} for arm in self._arms(self._at(target), seen | {target})]
        arms: list[Mapping[str, Any]] = [{key: held for key, held in schema.items() if key not in _UNIONS}]
        for union in ("anyOf", "oneOf"):
            if schema.get(union):
                options = [arm for each in schema[union] for arm in self._arms(each, seen)]
                arms = [_merged(mine, its) for mine, its in product(arms, options)][:MOST_ARMS]
        for each in schema.get("allOf", ()):
            arms = [_merged(mine, its) for mine, its in product(arms, self._arms(each, seen) or [{}])][:MOST_ARMS]
        return arms

    def _followed(self, held: Any, seen: set[str]) -> Any:
        while isinstance(held, dict) and "$ref" in held and held["$ref"] not in seen:
            seen.add(held["$ref"])
            held = self._at(held["$ref"])
        return held if isinstance(held, dict) else {}

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            raise UsageError(
                f"{self.name} refers to another document ({reference}), and only whole ones are read: "
                "bundle it into one file first"
            )
        held: Any = self.document
        for part in reference[2:].split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if not isinstance(held, dict) or key not in held:
                raise UsageError(f"{self.name} refers to {reference}, which is not in it: it is broken, or was cut off")
            held = held[key]
        return held


_UNIONS: Final = ("anyOf", "oneOf", "allOf")


def load(file: str) -> Api:
    """Read a description. YAML is read with the library `pyyaml`.

    Raises:
        UsageError: it cannot be read, or is no OpenAPI description.
    """
    path = File(file)
    try:
        if path.stat().st_size > MOST:
            raise UsageError(f"{file} is larger than {MOST // 1024 // 1024} MB: name one OpenAPI description")
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}. Name an OpenAPI description") from error
    document = _json(raw, file) if raw.lstrip()[:1] in (b"{", b"[") else _yaml(raw, file)
    if not isinstance(document, dict) or not ({"openapi", "swagger"} & document.keys()):
        raise UsageError(f"{file} is no OpenAPI description: it names no version (openapi or swagger)")
    version = str(document.get("openapi", document.get("swagger")))
    if not version.startswith(("2.", "3.0", "3.1")):
        raise UsageError(f"{file} is an OpenAPI description of version {version}: 2.0, 3.0 and 3.1 are read")
    if not isinstance(document.get("paths"), dict):
        raise UsageError(f"{file} describes no paths: name the vendor's whole description")
    return Api(document, file)


def _json(raw: bytes, file: str) -> Any:
    try:
        return json.loads(raw)
    except RecursionError:
        raise UsageError(f"{file} is no OpenAPI description: it is nested too deeply") from None
    except ValueError as error:
        raise UsageError(f"{file} is no JSON, or was cut off: {error}") from error


def _yaml(raw: bytes, file: str) -> Any:
    try:
        import yaml
    except ModuleNotFoundError as missing:
        raise UsageError(f"{file} looks like YAML, which needs a library: pip install 'paypact[drift]'") from missing
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(raw, Loader=loader)  # noqa: S506 - both are safe loaders
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{file} is neither JSON nor YAML: {' '.join(str(error).split())}") from error


def _fits(template: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    if len(template) > len(parts):
        return False
    pairs = zip(reversed(template), reversed(parts), strict=False)
    return all(mine == its or mine.startswith("{") for mine, its in pairs)


def _below(arm: Mapping[str, Any], part: str | int) -> Any:
    """What an alternative says of one field or item; None where it has none."""
    if isinstance(part, int):
        return arm.get("items")
    properties = arm.get("properties", {})
    if part in properties:
        return properties[part]
    more = arm.get("additionalProperties")
    if isinstance(more, dict):
        return more
    return {} if more is True and not properties else None


def _merged(mine: Mapping[str, Any], its: Mapping[str, Any]) -> Mapping[str, Any]:
    merged = {**its, **mine}
    if "properties" in mine or "properties" in its:
        merged["properties"] = {**its.get("properties", {}), **mine.get("properties", {})}
    if "required" in mine or "required" in its:
        merged["required"] = [*mine.get("required", ()), *its.get("required", ())]
    if mine.get("nullable") or its.get("nullable"):
        merged["nullable"] = True
    return merged


def _types(arm: Mapping[str, Any]) -> frozenset[str]:
    said = arm.get("type")
    if isinstance(said, str):
        return frozenset({said})
    if isinstance(said, list):
        return frozenset(said) - {"null"}
    return frozenset({"object"}) if any(key in arm for key in _OBJECT) else frozenset()


def _nullable(arm: Mapping[str, Any]) -> bool:
    said = arm.get("type")
    listed = isinstance(said, list) and "null" in said
    return bool(arm.get("nullable") or arm.get("x-nullable") or listed or said == "null" or None in arm.get("enum", ()))
