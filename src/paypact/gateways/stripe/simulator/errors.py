"""Refusals: everything Stripe answers with `{"error": ...}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paypact.gateways.facts import Facts
from paypact.gateways.stripe import wire
from paypact.world import http

DOCS = "https://stripe.com/docs/error-codes/"


class Refusal(http.Refusal):
    """Stripe says no. `stored`: the endpoint had begun to execute, so the reply is kept under the idempotency key."""

    def __init__(self, status: int, error: wire.ApiError, rule: str, *, stored: bool = True) -> None:
        super().__init__(http.Response(status, wire.ErrorBody(error=error), refused=rule))
        self.stored = stored


def refuse(facts: Facts, rule: str, intent: Any = None, /, **parts: object) -> Refusal:
    """The refusal for one rule of the facts; `parts` fill its text, `intent` (rendered) comes along where it should."""
    fact = facts.refusals.get(rule) or facts.refusals["*"]
    error = build(fact.wire, {"rule": rule, **parts})
    if fact.wire.get("intent") and intent is not None:
        setattr(error, "setup_intent" if isinstance(intent, wire.SetupIntent) else "payment_intent", intent)
    return Refusal(fact.status, error, rule, stored=fact.wire.get("stored", False))


def build(said: Mapping[str, Any], parts: Mapping[str, object]) -> wire.ApiError:
    """The error object of one table of the facts."""
    kind = wire.CardError if said["type"] == "card_error" else wire.StateError if said.get("intent") else wire.ApiError
    error = kind(type=said["type"], message=said["message"].format_map(parts))
    if "code" in said:
        error.code, error.doc_url = said["code"], DOCS + said["code"].replace("_", "-")
    if "param" in said:
        error.param = (
            str(parts.get("name", said["param"])) if kind is wire.CardError else said["param"].format_map(parts)
        )
    if isinstance(error, wire.CardError) and "decline_code" in said:
        error.decline_code = said["decline_code"]
    return error


def declined(said: Mapping[str, Any], kind: str) -> wire.LastError:
    """The error object of one decline of the facts, for a payment or a set-up."""
    code = said.get(f"{kind}_code", said["code"])
    error = wire.LastError(type="card_error", code=code, message=said["message"], doc_url=DOCS + code.replace("_", "-"))
    for name in ("decline_code", "param", "advice_code"):
        if name in said:
            setattr(error, name, said[name])
    return error
