"""Codecs: how bodies look in bytes. One a format; nothing here knows a gateway."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

import msgspec

Tree: TypeAlias = "dict[str, Any]"  # text at the leaves; lists written `a[]` are lists, written `a[0]` dicts of indices


def encode_json(body: Any) -> bytes:
    """JSON of a wire, an envelope or list of wires, or plain data: absent fields are dropped."""
    return msgspec.json.encode(body)


def decode_json(body: bytes) -> Any:
    """Plain data from JSON.

    Raises:
        ValueError: the bytes are not JSON.
    """
    return msgspec.json.decode(body)


def decode_form(text: str) -> Tree:
    """A form or query with bracketed names: `a[b][c]=1&expand[]=x&items[0][id]=2`. Booleans and numbers stay text.

    Whether `{"0": ...}` is a list or a map with a key 0 only the receiver knows: `listed` decides.

    Raises:
        ValueError: one name is used both as a value and as a container (`a=1&a[b]=2`).
    """
    tree: Tree = {}
    for pair in text.split("&"):
        if not pair:
            continue
        name, _, value = pair.partition("=")
        if "%" in name or "+" in name:
            name = _unquoted(name)
        if "%" in value or "+" in value:
            value = _unquoted(value)
        if "[" not in name or not name.endswith("]"):
            tree[name] = value
            continue
        head, _, rest = name.partition("[")
        _place(tree, [head, *rest[:-1].split("][")], value, name)
    return tree


def _unquoted(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


def listed(value: Any) -> list[Any] | None:
    """What was sent as a list, in its order; None where `value` cannot be one."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and all(key.isdecimal() for key in value):
        return [value[key] for key in sorted(value, key=int)]
    return None


def _place(tree: Tree, parts: list[str], value: str, name: str) -> None:
    node: Any = tree
    for here, following in pairwise(parts):
        fresh: Any = [] if following == "" else {}
        if isinstance(node, list):  # `items[][id]=1`: a key seen before starts the next item
            if not node or not isinstance(node[-1], dict) or following in node[-1]:
                node.append(fresh)
            node = node[-1]
        else:
            node = node.setdefault(here, fresh)
        if not isinstance(node, dict | list):
            raise ValueError(f"{name!r} is used both as a value and as a container")
    if isinstance(node, list):
        node.append(value)
    else:
        node[parts[-1]] = value
