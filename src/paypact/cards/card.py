"""A payment card as its holder has it, safe to print: no text made of a card shows its number or its security code."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeAlias

Funding: TypeAlias = Literal["credit", "debit", "prepaid", "charge", "private_label", "voucher", "unknown"]

# ISO/IEC 7812 knows no shorter account number in use; below this the last four would give most of the number away.
_SHORTEST_SHOWN = 12


@dataclass(frozen=True, slots=True, repr=False)
class Card:
    """One card, typed in or held in a wallet.

    `number` is digits only; a wallet card has none (empty), because neither the shop nor its page ever sees one.
    `exp_year` has four digits; it and `exp_month` are None for a card without expiry, `cvc` for one without a security
    code. `scheme` is an id of the card catalogue. `networks` are the schemes the card can run on: of a co-badge the
    local one first, then the one whose number it carries; empty where a wallet does not say. `network` is the one the
    shopper chose, None when no choice was made. `wallet` names the wallet, or `network_token`. `tail` is the last four
    digits that a wallet shows for its card.
    """

    number: str = field(repr=False)
    exp_month: int | None
    exp_year: int | None
    cvc: str | None = field(repr=False)
    holder: str
    scheme: str
    networks: tuple[str, ...]
    network: str | None = None
    wallet: str | None = None
    funding: Funding = "credit"
    tail: str = ""

    @property
    def key(self) -> str:
        """What recognises this card, in any process, whatever network the shopper picks for one payment.

        That is the number: banks reissue it with a new expiry and security code. A wallet card has none and is known by
        what its wallet tells. To look up with, never to print.
        """
        if self.number:
            return self.number
        return f"{self.wallet}/{self.scheme}/{self.funding}/{self.tail}/{self.exp_month}/{self.exp_year}/{self.holder}"

    @property
    def last4(self) -> str:
        """The last four digits of the number, or of what the wallet shows; empty when neither is known."""
        return self.number[-4:] if len(self.number) >= _SHORTEST_SHOWN else self.tail

    @property
    def bin(self) -> str:
        """The first six digits, empty for a wallet card."""
        return self.number[:6]

    # Written by hand, because a test runner explains a generated comparison field by field, number included.
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Card):
            return NotImplemented
        return all(getattr(self, each.name) == getattr(other, each.name) for each in fields(self))

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        parts = [self.scheme]
        if self.number:
            parts.append(f"{len(self.number)} digits")
        if self.last4:
            parts.append(f"ends {self.last4}")
        if self.exp_month is not None and self.exp_year is not None:
            parts.append(f"expires {self.exp_month:02}/{self.exp_year}")
        if self.cvc is None and not self.wallet:
            parts.append("no security code")
        if self.funding != "credit":
            parts.append(self.funding)
        if self.networks != (self.scheme,):
            parts.append(f"runs on {' or '.join(self.networks) or 'an unnamed network'}")
        if self.network:
            parts.append(f"network {self.network}")
        if self.wallet:
            parts.append(f"in {self.wallet}")
        return f"Card({', '.join(parts)})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Called by pretty printers (IPython's and Hypothesis's), which otherwise read the fields of a dataclass."""
        printer.text(repr(self))
