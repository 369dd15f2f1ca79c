"""What an integration needs from its gateway, as data: what `paypact needs` prints and writes, schema version 1."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

from paypact.report.model import Record

SCHEMA: Final = 1

# How a field is read: its value decides, is handed on, or goes into a later request; its type; only that it is there.
Read: TypeAlias = Literal["value", "handed on", "next request", "type", "presence"]


class Need(Record, frozen=True, kw_only=True):
    """One field of a reply that the integration cannot do without."""

    field: str  # the path in the reply, as in `error.code` or `data.0.id`
    read: Read
    value: Any = None  # in this situation, where the value decides; never an id, a token or a time
    kind: str = ""  # text, number, yes or no, object, list, null
    without: str = ""  # what happens when it is left out
    null: str = ""  # what happens when it is null; empty: nothing, or it is null
    other: str = ""  # what happens with another value; empty: nothing


class ReplyNeeds(Record, frozen=True, kw_only=True):
    """What is needed of one reply, or of one webhook."""

    operation: str  # `receive` for a webhook
    answer: str  # of the issuer
    shopper: str = ""  # what the shopper did with a challenge, where the operation comes after it
    reply: int = 1  # which of the replies to this call
    request: str = ""  # method and path, `{}` for ids; of a webhook its type
    status: int = 0
    needs: tuple[Need, ...] = ()
    unneeded: tuple[str, ...] = ()  # fields without which nothing changed; what is below them went with them
    together: bool = True  # whether nothing changed either when all of these were gone at once
    note: str = ""


class IntegrationNeeds(Record, frozen=True, kw_only=True):
    """What one integration needs from its gateway."""

    integration: str
    gateway: str
    replies: tuple[ReplyNeeds, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


class NeedsResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The result of `paypact needs`."""

    schema: int = SCHEMA
    version: str
    integrations: tuple[IntegrationNeeds, ...]
