"""The reference integration again, for a shop that keeps its orders by what Braintree says of them."""

from __future__ import annotations
