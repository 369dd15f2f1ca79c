"""Regenerate params.json from the installed SDK's typed parameters: `python -m paypact.gateways.stripe.params`.

The SDK is read as text and never imported, so that any version of it serves. What is taken are facts (names, types,
closed words, what is required, which endpoints exist), no descriptions. A test regenerates and compares where the SDK
is installed. The types are those of `paypact.world.parameters`.
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
from typing import Any

from paypact.gateways.stripe.simulator.routes import ROUTES
from paypact.world.parameters import Type

MANY_WORDS = 20  # longer vocabularies are lists of payment methods: of no use to a simulator of cards
METHODS = {"payment_method_data", "payment_method_options"}  # one member for each payment method of the vendor
CARD_MEMBERS = {"card", "link", "billing_details", "radar_options", "metadata"}
_SIMPLE = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


def generate() -> dict[str, Any]:
    """The content of params.json for the SDK that is installed here."""
    spec = find_spec("stripe")
    if spec is None or spec.origin is None:
        raise SystemExit("stripe is not installed here: pip install 'paypact[stripe]', then run this again")
    folder = Path(spec.origin).parent
    endpoints = dict(sorted(_endpoints(folder)))
    classes = {group: _Classes(folder / "params" / group) for group in {group for group, _ in endpoints.values()}}
    return {
        "source": f"typed parameters of the Python SDK stripe {version('stripe')}, API {_api_version(folder)}",
        "endpoints": sorted(endpoints),
        "params": {route: _types(classes, *endpoints[route], route) for route in sorted(ROUTES)},
    }


def _types(classes: dict[str, _Classes], group: str, name: str, route: str) -> Type:
    return classes[group].object(name, route)


def text(content: dict[str, Any]) -> str:
    """params.json as it is committed: one line an endpoint, so that a difference shows which changed."""
    lines = [f'"source": {json.dumps(content["source"])}', f'"endpoints": {json.dumps(content["endpoints"])}']
    params = ",\n".join(f"{json.dumps(route)}: {json.dumps(types)}" for route, types in content["params"].items())
    return "{\n" + ",\n".join(lines) + ',\n"params": {\n' + params + "\n}\n}\n"


def _api_version(folder: Path) -> str:
    source = ast.parse((folder / "_api_version.py").read_text())
    return next(_said(node.value) for node in ast.walk(source) if isinstance(node, ast.Assign))


def _endpoints(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Every call of the services: `POST /v1/payment_intents/{}/capture`, the group and class of its parameters."""
    for path in sorted(folder.rglob("*_service.py")):
        for method in (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)):
            for call in (n for n in ast.walk(method) if isinstance(n, ast.Call)):
                if isinstance(call.func, ast.Attribute) and call.func.attr == "_request":
                    verb, where = (next(_texts(argument), "") for argument in call.args[:2])
                    if where.startswith("/v1/"):
                        parts = ("{}" if part.startswith("{") else part for part in where.split("/"))
                        group = path.parent.relative_to(folder).as_posix()
                        yield f"{verb.upper()} {'/'.join(parts)}", (group, _params(method))


def _params(method: ast.FunctionDef) -> str:
    """The class that a method's parameters are typed with."""
    annotations = (one.annotation for one in method.args.args if one.arg == "params" and one.annotation is not None)
    return next((name for annotation in annotations for name in _texts(annotation)), "")


def _said(node: ast.expr) -> str:
    """The text of a literal; empty for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _texts(node: ast.expr) -> Iterator[str]:
    return filter(None, (_said(one) for one in ast.walk(node) if isinstance(one, ast.expr)))


def _parsed(annotation: ast.expr) -> ast.expr:
    """An annotation, read where it is written as text."""
    said = _said(annotation)
    return ast.parse(said, mode="eval").body if said else annotation


class _Classes:
    """The TypedDicts of one group of stripe.params, whose names mean something else in another: each one's members."""

    def __init__(self, folder: Path) -> None:
        self.found: dict[str, dict[str, ast.expr]] = {}
        for path in folder.glob("_*_params.py"):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef):
                    members = (one for one in node.body if isinstance(one, ast.AnnAssign))
                    self.found[node.name] = {ast.unparse(one.target): one.annotation for one in members}
                elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                    table = node.value.args[1]  # TypedDict("X", {...}): members whose names are keywords
                    assert isinstance(table, ast.Dict)
                    pairs = zip(table.keys, table.values, strict=True)
                    named = {_said(key): annotation for key, annotation in pairs if key is not None}
                    self.found[ast.unparse(node.targets[0])] = named

    def object(self, name: str, inside: str) -> Type:
        members = self.found.get(name, {})
        types = {member: self.type(annotation, member) for member, annotation in members.items()}
        if inside in METHODS or inside == "POST /v1/payment_methods":
            types = {one: "any" if one not in CARD_MEMBERS and _holds_object(t) else t for one, t in types.items()}
        required = [member for member, annotation in members.items() if not _optional(annotation)]
        return {"object": types, **({"required": required} if required else {})}

    def type(self, annotation: ast.expr, member: str) -> Type:
        node = _parsed(annotation)
        if isinstance(node, ast.Name):
            return self.object(node.id, member) if node.id in self.found else _SIMPLE.get(node.id, "any")
        if isinstance(node, ast.BinOp):
            return _union([self.type(node.left, member), self.type(node.right, member)])
        if not isinstance(node, ast.Subscript):
            return "any"
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        match ast.unparse(node.value):
            case "NotRequired" | "Optional":
                return self.type(inner[0], member)
            case "Union":
                return _union([self.type(one, member) for one in inner])
            case "List":
                return {"list": self.type(inner[0], member)}
            case "Dict" | "UntypedStripeObject":
                return {"map": self.type(inner[-1], member)}
            case "Literal":
                words = [_said(one) for one in inner]
                return "" if words == [""] else words if len(words) <= MANY_WORDS else "string"
        return "any"


def _holds_object(kind: Type) -> bool:
    arms = kind.get("any of", [kind]) if isinstance(kind, dict) else []
    return any(isinstance(arm, dict) and "object" in arm for arm in arms)


def _optional(annotation: ast.expr) -> bool:
    node = _parsed(annotation)
    return isinstance(node, ast.Subscript) and ast.unparse(node.value) == "NotRequired"


def _union(kinds: list[Type]) -> Type:
    flat: list[Type] = []
    for kind in kinds:
        flat += kind["any of"] if isinstance(kind, dict) and "any of" in kind else [kind]
    if any(isinstance(kind, list) for kind in flat):  # `Literal[...] | str`: the words are what is documented
        flat = [kind for kind in flat if kind != "string"]
    kept = [kind for place, kind in enumerate(flat) if kind not in flat[:place]]
    return kept[0] if len(kept) == 1 else {"any of": kept}


if __name__ == "__main__":
    target = files("paypact.gateways.stripe") / "params.json"
    Path(str(target)).write_text(text(generate()), encoding="utf-8")
    sys.stdout.write(f"wrote {target}\n")
