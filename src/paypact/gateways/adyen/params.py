"""Makes params.json of Adyen's OpenAPI descriptions: `python -m paypact.gateways.adyen.params FOLDER`.

What the simulated endpoints take, by version: the fields of each object with their types, greatest lengths and possible
values, and what is required. Of payment methods those that are cards, or cards in a wallet. The descriptions are under
the MIT licence.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from paypact.gateways.adyen.simulator import ROUTES
from paypact.gateways.adyen.simulator.requests import METHODS

VERSIONS: Final = ("v71", "v72")
FILE: Final = Path(__file__).with_name("params.json")


def generate(folder: Path) -> dict[str, Any]:
    """The table, of the descriptions in `folder`."""
    made: dict[str, Any] = {"source": "github Adyen/adyen-openapi: CheckoutService-v71.json, -v72.json"}
    for version in VERSIONS:
        document = json.loads((folder / f"CheckoutService-{version}.json").read_text("utf-8"))
        schemas = document["components"]["schemas"]
        wanted, objects = [route.takes for route in ROUTES.values() if route.takes], {}
        wanted += METHODS.values()
        while wanted:
            name = wanted.pop()
            if name not in objects and name in schemas:
                objects[name] = _object(schemas, name)
                wanted += list(_named(objects[name]))
        made[version] = {"endpoints": sorted(_endpoints(document)), "objects": dict(sorted(objects.items()))}
    return made


def text(made: dict[str, Any]) -> str:
    """The table as it is committed: one line an object, so that a difference shows which changed."""
    lines = [f'"source": {json.dumps(made["source"])}']
    for version in VERSIONS:
        objects = ",\n".join(
            f"{json.dumps(name)}: {json.dumps(said)}" for name, said in made[version]["objects"].items()
        )
        endpoints = json.dumps(made[version]["endpoints"])
        lines.append(f'"{version}": {{\n"endpoints": {endpoints},\n"objects": {{\n{objects}\n}}}}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _endpoints(document: dict[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        parts = ["{}" if part.startswith("{") else part for part in path.split("/")]
        yield from (f"{method.upper()} {'/'.join(parts)}" for method in methods)


def _object(schemas: dict[str, Any], name: str) -> dict[str, Any]:
    schema = schemas[name]
    found: dict[str, Any] = {"fields": {one: _type(said) for one, said in schema.get("properties", {}).items()}}
    if name in METHODS.values():
        found["fields"]["type"] = "string"  # it says which object it is, and is read before
    if schema.get("required"):
        found["required"] = schema["required"]
    return found


def _type(said: dict[str, Any]) -> Any:
    """A name of an object, a list of one type, or a plain type with the greatest length of a text, or all it may be."""
    if "$ref" in said:
        return said["$ref"].rpartition("/")[2]
    if said.get("type") == "array":
        return [_type(said["items"])]
    if said.get("type") == "string" and "enum" in said:
        return f"string {'|'.join(said['enum'])}"
    if said.get("type") == "string" and "maxLength" in said:
        return f"string {said['maxLength']}"
    return said.get("type", "any")


def _named(found: dict[str, Any]) -> Iterator[str]:
    for one in found["fields"].values():
        one = one[0] if isinstance(one, list) else one  # noqa: PLW2901 - of a list it is the item that may be named
        if isinstance(one, str) and one[0].isupper():
            yield one


if __name__ == "__main__":
    made = text(generate(Path(sys.argv[1])))
    beside = FILE.with_suffix(".new")
    beside.write_text(made, "utf-8")
    beside.replace(FILE)
