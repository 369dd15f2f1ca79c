"""Contracts as documents: Pact files, V2 to V4, read strictly enough to say in one sentence what is wrong with one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from paypact.errors import PaypactError

LARGEST: Final = 20_000_000  # bytes; a contract of a whole integration has some ten thousand

Kind: TypeAlias = Literal["http", "message"]
_KINDS: Final[Mapping[str, Kind]] = {
    "Synchronous/HTTP": "http",
    "Asynchronous/Messages": "message",
}


class ContractError(PaypactError):
    """A contract that cannot be read, or is none for this provider."""


@dataclass(frozen=True, slots=True)
class State:
    """A provider state that an interaction asks for."""

    name: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Interaction:
    """One request with its reply, or one message. `raw` is how the file has it."""

    kind: Kind
    description: str
    states: tuple[State, ...]
    raw: Mapping[str, Any]
    pending: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """One Pact file. `source` is where it was found, as the user would say it; `text` its bytes."""

    source: str
    consumer: str
    provider: str
    version: str
    interactions: tuple[Interaction, ...]
    text: bytes

    def named(self, description: str) -> Interaction:
        """The interaction of that description.

        Raises:
            ContractError: there is none, or there are several.
        """
        found = [one for one in self.interactions if one.description == description]
        if len(found) != 1:
            many = "no interaction" if not found else f"{len(found)} interactions"
            raise ContractError(f"contract {self.source} has {many} of the description {description!r}")
        return found[0]


def contract(source: str, text: bytes) -> Contract:
    """The contract that a document holds.

    Raises:
        ContractError: it is too large, no JSON, no Pact, of a version that is not read, empty, or has two interactions
            that cannot be told apart.
    """
    if len(text) > LARGEST:
        raise ContractError(
            f"contract {source} has {len(text) / 1e6:.0f} MB, more than one integration can need: contracts of at most "
            f"{LARGEST / 1e6:.0f} MB are read"
        )
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ContractError(f"contract {source} is no JSON, or not whole: {error}") from None
    except RecursionError:
        raise ContractError(f"contract {source} is no Pact file: it is nested too deeply") from None
    try:
        read = _read(source, data, text)
    except (AttributeError, KeyError, TypeError) as error:
        raise ContractError(f"contract {source} is no Pact file: {_wrong(error)}") from None
    if not read.interactions:
        raise ContractError(f"contract {source} holds no interaction: there is nothing to verify")
    keys = Counter((one.kind, one.description, _key(one)) for one in read.interactions)
    (_, description, _), times = keys.most_common(1)[0]
    if times > 1:
        raise ContractError(
            f"contract {source} has {times} interactions {description!r} with the same provider states: verifiers keep "
            "only the last. Give each a description of its own"
        )
    return read


def _read(source: str, data: Any, text: bytes) -> Contract:
    consumer, provider = data["consumer"]["name"], data["provider"]["name"]
    version = _version(data.get("metadata") or {})
    if version.partition(".")[0] not in ("1", "2", "3", "4"):
        raise ContractError(f"contract {source} is written in Pact {version}; read are 1 to 4")
    listed = [*(data.get("interactions") or ()), *(data.get("messages") or ())]
    if "interactions" not in data and "messages" not in data:
        raise KeyError("interactions")
    first = len(data.get("interactions") or ())
    found = [_interaction(source, one, "http" if at < first else "message") for at, one in enumerate(listed)]
    return Contract(source, _text(consumer), _text(provider), version, tuple(found), text)


def _interaction(source: str, raw: Any, usual: Kind) -> Interaction:
    kind = usual if "type" not in raw else _KINDS.get(raw["type"])
    if kind is None:
        raise ContractError(
            f"contract {source}: the interaction {raw.get('description')!r} is of the type {raw['type']!r}, which is "
            f"not verified (verified are {', '.join(_KINDS)})"
        )
    if kind == "http":
        _ = raw["request"]["method"], raw["response"]["status"]
    given = raw.get("providerStates")
    if given is None:
        given = [{"name": raw["providerState"]}] if raw.get("providerState") else []
    elif isinstance(given, str):
        given = [{"name": given}]
    states = tuple(State(_text(one["name"]), one.get("params") or {}) for one in given)
    return Interaction(kind, _text(raw["description"]), states, raw, bool(raw.get("pending")))


def _version(metadata: Mapping[str, Any]) -> str:
    for key in ("pactSpecification", "pact-specification"):
        if key in metadata:
            return str(metadata[key]["version"])
    return str(metadata.get("pactSpecificationVersion", "2.0.0"))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _key(one: Interaction) -> str:
    return json.dumps([[state.name, state.params] for state in one.states], sort_keys=True)


def _wrong(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else "its parts are not of the right kind"
