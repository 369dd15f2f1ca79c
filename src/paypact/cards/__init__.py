"""The card catalogue: every scheme in use, and cards built from it."""

from __future__ import annotations

from paypact.cards.card import Card

__all__ = ["Card"]
