"""Regenerate params.json from the installed SDK's typed parameters: `python -m paypact.gateways.stripe.params`.

The SDK is read as text and never imported, so that any version of it serves. What is taken are facts (names, types, closed words,
what is required, which endpoints exist), no descriptions. A test regenerates and compares where the SDK is installed.

Types: "string", "integer", "number", "boolean", "any"; "" (an empty text, which unsets); a list of words; {"list": T}; {"map": T};
{"object": {name: T}, "required": [names]}; {"any of": [T, ...]}.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from paypact.gateways.stripe.simulator import ROUTES

Type: TypeAlias = Any
MANY_WORDS = 20  # longer vocabularies are lists of payment methods: of no use to a simulator of cards
METHODS = {"payment_method_data", "payment_method_options"}  # one member for each payment method of the vendor
CARD_MEMBERS = {"card", "link", "billing_details", "radar_options", "metadata"}
_SIMPLE = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "Any": "any"}


def generate() -> dict[str, Any]:
    """The content of params.json for the SDK that is installed here."""
    spec = find_spec("stripe")
    if spec is None or spec.origin is None:
        raise SystemExit("stripe is not installed here: pip install 'paypact[stripe]', then run this again")
    folder = Path(spec.origin).parent
    endpoints = dict(sorted(_endpoints(folder)))
    classes = _Classes(folder)
    return {
        "source": f"typed parameters of the Python SDK stripe {version('stripe')}, API {_api_version(folder)}",
        "endpoints": sorted(endpoints),
        "params": {route: classes.object(endpoints[route], route) for route in sorted(ROUTES)},
    }


def _api_version(folder: Path) -> str:
    for node in ast.parse((folder / "_api_version.py").read_text()).body[0].body:  # type: ignore[attr-defined]  # a class
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            return str(node.value.value)
    raise SystemExit("stripe: _api_version.py names no version")


def _endpoints(folder: Path) -> Iterator[tuple[str, str]]:
    """Every call of the services: `POST /v1/payment_intents/{}/capture`, and the class of its parameters."""
    for path in sorted(folder.rglob("*_service.py")):
        for method in (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)):
            for call in ast.walk(method):
                if not isinstance(call, ast.Call) or getattr(call.func, "attr", "") != "_request":
                    continue
                verb, where = call.args[0], call.args[1]
                text = where.func.value if isinstance(where, ast.Call) else where  # type: ignore[attr-defined]  # "..".format
                if isinstance(verb, ast.Constant) and isinstance(text, ast.Constant) and text.value.startswith("/v1/"):
                    yield f"{verb.value.upper()} {_anonymous(text.value)}", _params(method)


def _anonymous(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def _params(method: ast.FunctionDef) -> str:
    for argument in method.args.args:
        if argument.arg == "params" and argument.annotation is not None:
            names = [n.value for n in ast.walk(argument.annotation) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            return names[0] if names else ""
    return ""


class _Classes:
    """The TypedDicts of stripe.params, by name."""

    def __init__(self, folder: Path) -> None:
        self.found: dict[str, list[ast.AnnAssign]] = {}
        for path in (folder / "params").glob("_*_params.py"):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef):
                    self.found[node.name] = [n for n in node.body if isinstance(n, ast.AnnAssign)]
                elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):  # TypedDict("X", {...}): keywords as names
                    self.found[node.targets[0].id] = _functional(node.value)  # type: ignore[attr-defined]  # a name

    def object(self, name: str, inside: str) -> Type:
        members = {node.target.id: node.annotation for node in self.found.get(name, [])}  # type: ignore[union-attr]  # names
        many = inside in METHODS or inside == "POST /v1/payment_methods"
        types: dict[str, Type] = {}
        for member, annotation in members.items():
            made = self.type(annotation, member)
            arms = made.get("any of", [made]) if isinstance(made, dict) else []
            other = many and member not in CARD_MEMBERS and any(isinstance(arm, dict) and "object" in arm for arm in arms)
            types[member] = "any" if other else made
        required = [member for member, annotation in members.items() if not _optional(annotation)]
        return {"object": types, **({"required": required} if required else {})}

    def type(self, node: ast.expr, member: str) -> Type:
        if isinstance(node, ast.Constant):
            return self.type(ast.parse(node.value, mode="eval").body, member)
        if isinstance(node, ast.Name):
            if node.id in self.found:
                return self.object(node.id, member)
            return _SIMPLE.get(node.id, "any")
        if isinstance(node, ast.BinOp):
            return _union([self.type(node.left, member), self.type(node.right, member)])
        if isinstance(node, ast.Subscript):
            return self.generic(node, member)
        return "any"

    def generic(self, node: ast.Subscript, member: str) -> Type:
        outer = getattr(node.value, "id", "")
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if outer in ("NotRequired", "Optional"):
            return self.type(inner[0], member)
        if outer == "Literal":
            words = [part.value for part in inner if isinstance(part, ast.Constant)]
            return "" if words == [""] else words if len(words) <= MANY_WORDS else "string"
        if outer == "List":
            return {"list": self.type(inner[0], member)}
        if outer in ("Dict", "UntypedStripeObject"):
            return {"map": self.type(inner[-1], member)}
        if outer == "Union":
            return _union([self.type(part, member) for part in inner])
        return "any"


def _functional(call: ast.Call) -> list[ast.AnnAssign]:
    table = call.args[1]
    assert isinstance(table, ast.Dict)
    return [
        ast.AnnAssign(target=ast.Name(id=key.value), annotation=value, simple=1)
        for key, value in zip(table.keys, table.values, strict=True)
        if isinstance(key, ast.Constant)
    ]


def _optional(annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.Constant):
        annotation = ast.parse(annotation.value, mode="eval").body
    return isinstance(annotation, ast.Subscript) and getattr(annotation.value, "id", "") == "NotRequired"


def _union(types: list[Type]) -> Type:
    flat: list[Type] = []
    for one in types:
        flat += one["any of"] if isinstance(one, dict) and "any of" in one else [one]
    if any(isinstance(one, list) for one in flat):  # `Literal[...] | str`: the words are what is documented
        flat = [one for one in flat if one != "string"]
    kept = [one for place, one in enumerate(flat) if one not in flat[:place]]
    return kept[0] if len(kept) == 1 else {"any of": kept}


def text(content: dict[str, Any]) -> str:
    """params.json as it is committed: one line an endpoint, so that a difference shows which changed."""
    lines = [f'"source": {json.dumps(content["source"])}', f'"endpoints": {json.dumps(content["endpoints"])}']
    params = ",\n".join(f"{json.dumps(route)}: {json.dumps(types)}" for route, types in content["params"].items())
    return "{\n" + ",\n".join(lines) + ',\n"params": {\n' + params + "\n}\n}\n"


if __name__ == "__main__":
    target = files("paypact.gateways.stripe") / "params.json"
    Path(str(target)).write_text(text(generate()), encoding="utf-8")
    sys.stdout.write(f"wrote {target}\n")
