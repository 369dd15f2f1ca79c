"""Issuer answers by name, as cases spell them: `approve`, `decline:lost_card`, `challenge>decline:lost_card`, ..."""

from __future__ import annotations

from functools import cache

from paypact.errors import UsageError
from paypact.world import issuer
from paypact.world.issuer import Answer


@cache
def parse(text: str, price: int = 0) -> Answer:
    """The answer that a case spells. `price` (minor units) is what `partial` approves half of.

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
        case "partial":
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
            known = "approve, partial, decline:<word>, reject, challenge, defer, hold"
            raise UsageError(f"case: unknown answer {text!r} (known: {known})")
