"""The reference integration again, for a shop that keeps its orders by Adyen's webhooks."""

from __future__ import annotations
