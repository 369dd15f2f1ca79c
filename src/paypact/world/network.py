"""The network between the integration and the gateway: which fault hits which exchange.

Faults are placed by rehearsal: a flow runs once undisturbed, its exchanges are recorded with what each booked, and a
fault is then put before or after exchange n, or on the exchange that books a given event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from paypact.errors import UsageError
from paypact.world.http import Response

_Hits: TypeAlias = Callable[["Fault"], bool]
When: TypeAlias = Literal["before", "after"]

# No reply reaches the client: its library raises.
FAILURES = ("connect-refused", "connect-timeout", "read-timeout", "reset", "cut-body")
BEFORE_ONLY = ("connect-refused", "connect-timeout")  # nothing was sent, so nothing can have been booked

# Replies of something between client and gateway (a proxy, a load balancer) that does not speak the gateway's format.
_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
EDGES: Final[Mapping[str, Response]] = MappingProxyType(
    {
        "html-502": Response(502, _PAGE.format("502 Bad Gateway").encode(), {"content-type": "text/html"}),
        "html-503": Response(
            503, _PAGE.format("503 Service Temporarily Unavailable").encode(), {"content-type": "text/html"}
        ),
        "empty-body": Response(200, b"", {"content-type": "text/html", "content-length": "0"}),
    }
)
# The gateway's own errors, by a word of its `[errors]` facts. `stored:` is kept and told again for the same idempotency
# key; `wait:` carries a Retry-After header.
OWN: Final = ("error", "stored", "wait")
RETRY_AFTER: Final = 7  # seconds


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, once armed.

    `kind` is one of FAILURES, one of EDGES, or `error:<word>`, `stored:<word>`, `wait:<word>` for an error of the
    gateway. `when="before"`: the gateway never handled the request. `when="after"`: it did, and its reply was lost.
    `exchange` counts from 1 since the fault was armed; `booking` names a journal event instead ("approve": the call
    that takes the money; only with `after`, since nobody knows beforehand what a request would book).
    """

    kind: str
    when: When = "after"
    exchange: int | None = None
    booking: str | None = None
    times: int = 1

    def __post_init__(self) -> None:
        own, _, word = self.kind.partition(":")
        if self.kind not in (*FAILURES, *EDGES) and not (own in OWN and word):
            known = ", ".join((*FAILURES, *EDGES, *(f"{own}:<word>" for own in OWN)))
            raise UsageError(f"fault: kind {self.kind!r} is unknown; known: {known}")
        if (self.exchange is None) == (self.booking is None):
            raise UsageError(f"fault {self.kind}: say either which exchange (from 1) or which booking it hits")
        if self.exchange is not None and self.exchange < 1:
            raise UsageError(f"fault {self.kind}: exchange={self.exchange} is none; exchanges count from 1")
        if self.times < 1:
            raise UsageError(f"fault {self.kind}: times={self.times} is no fault; it strikes at least once")
        if self.when == "before" and self.booking is not None:
            raise UsageError(f"fault {self.kind}: before an exchange nobody knows what it will book; name exchange=n")
        if self.when == "after" and self.kind in BEFORE_ONLY:
            raise UsageError(f'fault {self.kind}: nothing was sent, so nothing can be lost after it; say when="before"')

    @classmethod
    def parse(cls, text: str, times: int = 1) -> Fault:
        """The fault that a case spells: `<kind> before|after <exchange>` or `<kind> booking <event>`.

        Raises:
            UsageError: it spells none.
        """
        match text.rsplit(" ", 2):
            case [kind, "before" | "after" as when, place] if place.isdecimal():
                return cls(kind, when, exchange=int(place), times=times)
            case [kind, "booking", event]:
                return cls(kind, "after", booking=event, times=times)
            case _:
                raise UsageError(
                    f"fault {text!r} is not of the form `<kind> before|after <number>` or `<kind> booking <event>`"
                )

    def __str__(self) -> str:
        place = f"exchange {self.exchange}" if self.booking is None else f"the exchange that books {self.booking!r}"
        again = f", {self.times} times" if self.times > 1 else ""
        return f"{self.kind} {self.when} {place}{again}"


class Network:
    """The faults of one world, counted down as they are delivered."""

    def __init__(self) -> None:
        self._armed: list[tuple[Fault, int]] = []  # fault, deliveries left
        self._seen = 0
        self.delivered: list[Fault] = []

    def arm(self, *faults: Fault) -> None:
        """Arm faults: exchanges are counted from here."""
        self._seen = 0
        self._armed = [(fault, fault.times) for fault in faults]

    def heal(self) -> None:
        """No more faults."""
        self._armed = []

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Nothing goes wrong within; afterwards the same faults are armed as before."""
        armed, self._armed = self._armed, []
        try:
            yield
        finally:
            self._armed = armed

    def begin(self, apt: _Hits = lambda _: True) -> Fault | None:
        """A request arrives: the fault that strikes before the gateway handles it, of those `apt` for this request."""
        self._seen += 1
        return self._strike(lambda fault: fault.when == "before" and self._due(fault) and apt(fault))

    def end(self, booked: Iterable[str], apt: _Hits = lambda _: True) -> Fault | None:
        """The gateway handled the request and booked these events: the fault that strikes its reply."""
        events = set(booked)
        return self._strike(
            lambda fault: (
                fault.when == "after"
                and (fault.booking in events if fault.booking else self._due(fault))
                and apt(fault)
            )
        )

    def _due(self, fault: Fault) -> bool:
        return fault.exchange is not None and fault.exchange <= self._seen < fault.exchange + fault.times

    def _strike(self, hits: _Hits) -> Fault | None:
        for place, (fault, left) in enumerate(self._armed):
            if left and hits(fault):
                self._armed[place] = (fault, left - 1)
                self.delivered.append(fault)
                return fault
        return None
