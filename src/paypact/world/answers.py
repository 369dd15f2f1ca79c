"""Issuer answers by name, as cases and facts spell them: `approve`, `challenge>decline:lost_card`, ..."""

from __future__ import annotations

from functools import cache

from paypact.errors import UsageError
from paypact.world import issuer
from paypact.world.issuer import Answer

_OTHERS = ("reject", "challenge", "defer", "hold")


@cache
def parse(text: str, price: int | None = None) -> Answer:
    """The answer that a text spells. `price` (minor units) is what `partial` approves half of: without it, no answer.

    Raises:
        UsageError: a word nobody knows.
    """
    head, _, behind = text.partition(">")
    word, _, detail = head.partition(":")
    then = parse(behind, price) if behind else None
    match word:
        case "approve":
            checks = dict(pair.split("=") for pair in detail.split(",")) if detail else {}
            return issuer.approve(cvc=checks.get("cvc", "match"), address=checks.get("address", "match"))
        case "partial" if price is not None:
            return issuer.approve(price // 2)
        case "decline":
            return issuer.decline(detail)
        case "reject":
            return issuer.reject(detail or "suspected_fraud")
        case "challenge":
            return issuer.challenge(then, detail or "redirect")
        case "defer":
            return issuer.defer(then)
        case "hold":
            return issuer.hold(then)
        case _:
            known = ("approve", *(["partial"] if price is not None else []), "decline:<word>", *_OTHERS)
            raise UsageError(f"unknown answer {text!r} (known: {', '.join(known)})")
