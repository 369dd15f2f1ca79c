"""The card catalogue: every scheme in use, and cards built from it. Strategies are in `paypact.cards.strategies`."""

from __future__ import annotations

from paypact.cards.builder import build
from paypact.cards.card import Card
from paypact.cards.catalogue import Scheme, classify, scheme, schemes
from paypact.cards.kinds import axes

__all__ = ["Card", "Scheme", "axes", "build", "classify", "scheme", "schemes"]
