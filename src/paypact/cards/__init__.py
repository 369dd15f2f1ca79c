"""The card catalogue: every scheme in use, and cards built from it. Strategies are in `paypact.cards.strategies`."""

from __future__ import annotations

from paypact.cards.axes import axes
from paypact.cards.build import build
from paypact.cards.card import Card
from paypact.cards.schemes import Scheme, classify, scheme, schemes

__all__ = ["Card", "Scheme", "axes", "build", "classify", "scheme", "schemes"]
