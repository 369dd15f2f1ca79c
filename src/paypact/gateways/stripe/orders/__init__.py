"""The reference integration again, for a shop that keeps its orders by Stripe's webhooks."""

from __future__ import annotations
