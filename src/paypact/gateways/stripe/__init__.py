"""Stripe, in every API version from 2020-03-02 to 2026-10-28.endive, as the request's header asks; else in the newest.

Simulated: payment_intents (create, confirm, capture, cancel, retrieve, update, list, search, increment_authorization),
setup_intents (create, retrieve, confirm, cancel), checkout.sessions on the hosted page (create, retrieve, update, list,
expire, line items), refunds (create, retrieve, update, list), charges (retrieve, list, search), balance_transactions,
disputes and events (retrieve, list), payment_methods (create, retrieve, update, attach, detach, list), customers
(create, retrieve, update, delete, list, search, their payment methods), the account itself, `expand`, idempotency keys,
3-D Secure by redirect, confirmation from the browser with the publishable key and a client secret, the vendor's test
cards and `pm_card_...` names.

Not simulated: every other endpoint under /v1 and /v2, prices of the catalogue, embedded Checkout, versions in preview,
Connect, Radar rules, tokens, payment methods other than cards. What is met and not simulated is reported as such.
"""

from __future__ import annotations
