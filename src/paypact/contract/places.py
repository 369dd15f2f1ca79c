"""Places in a body, written as Pact writes them: `$.payment.id`, `$.items[0].id`, `$['odd name']`.

In JSON they name members and elements. In XML each name is an element, `['#text']` its text and `['@name']` an
attribute. A form is flat: a field's whole name, brackets and all, is one name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

Path: TypeAlias = tuple[str | int, ...]

_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]")
_PLAIN: Final = re.compile(r"[A-Za-z_][\w-]*")


def parse(place: str) -> Path:
    """The steps of a place, names as text and positions as numbers.

    Raises:
        ValueError: it is not written so.
    """
    steps: list[str | int] = []
    at = 1
    if not place.startswith("$"):
        raise ValueError(f"the place {place!r} does not begin with $")
    while at < len(place):
        step = _STEP.match(place, at)
        if step is None:
            raise ValueError(f"the place {place!r} cannot be read from {place[at:]!r} on")
        name, position, quoted = step.groups()
        steps.append(name if name is not None else int(position) if position is not None else _unquoted(quoted))
        at = step.end()
    return tuple(steps)


def written(path: Path) -> str:
    """The place as Pact writes it."""
    parts = ["$"]
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _PLAIN.fullmatch(step):
            parts.append(f".{step}")
        else:
            quoted = step.replace("\\", "\\\\").replace("'", "\\'")
            parts.append(f"['{quoted}']")
    return "".join(parts)


def read(body: bytes, content_type: str, place: str) -> str:
    """The text at a place of a body; numbers and words of JSON are written as JSON writes them.

    Raises:
        ValueError: the body cannot be read, or has nothing there.
    """
    path = parse(place)
    found: Any
    if "xml" in content_type:
        found = _of_xml(body, path)
    elif "x-www-form-urlencoded" in content_type:
        found = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)).get(
            str(path[0]) if path else ""
        )
    else:
        found = _reached(json.loads(body), path)
    if found is None or isinstance(found, dict | list):
        raise ValueError(f"nothing stands at {place}")
    return found if isinstance(found, str) else json.dumps(found)


def put(tree: Any, path: Path, value: Any) -> None:
    """Put a value at a place of decoded JSON that has something there.

    Raises:
        ValueError: it has nothing there.
    """
    *above, last = path
    holder = _reached(tree, tuple(above))
    known = isinstance(holder, dict) if isinstance(last, str) else isinstance(holder, list) and last < len(holder)
    if not known:
        raise ValueError(f"nothing stands at {written(path)}")
    holder[last] = value


def put_xml(body: bytes, texts: Mapping[Path, str]) -> bytes:
    """A body of XML with these texts at their places, which lead to an element or to its `#text`.

    Raises:
        ValueError: it is no XML, or has nothing there.
    """
    try:
        root = ET.fromstring(body)  # noqa: S314 - a contract's own
    except ET.ParseError as error:
        raise ValueError(f"the body is no XML: {error}") from None
    for path, text in texts.items():
        here: ET.Element | None = root if path[:1] == (root.tag,) else None
        for step in path[1:]:
            if step != "#text":
                here = here.find(str(step)) if here is not None else None
        if here is None:
            raise ValueError(f"nothing stands at {written(path)}")
        here.text = text
    return ET.tostring(root)


def _reached(tree: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, str) and isinstance(tree, dict):
            tree = tree.get(step)
        elif isinstance(step, int) and isinstance(tree, list) and step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree


def _of_xml(body: bytes, path: Path) -> str | None:
    try:
        here: ET.Element | None = ET.fromstring(body)  # noqa: S314 - the reply of a provider that its verifier chose
    except ET.ParseError as error:
        raise ValueError(f"the body is no XML: {error}") from None
    assert here is not None
    if not path or path[0] != here.tag:
        return None
    steps = iter(path[1:])
    for step in steps:
        if here is None:
            return None
        if step == "#text":
            return here.text or ""
        if isinstance(step, str) and step.startswith("@"):
            return here.get(step[1:])
        here = here.find(step) if isinstance(step, str) else None
    return here.text if here is not None and len(here) == 0 else None


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
