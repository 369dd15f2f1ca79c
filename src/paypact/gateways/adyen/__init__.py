"""Adyen's Checkout API, versions 72 and 71, and its standard webhooks.

Simulated: payments (component state data with `test_` fields, raw card, stored card, wallet token), payments/details,
sessions (embedded and hosted), paymentMethods, cardDetails, storedPaymentMethods (list, delete), captures, cancels (by
PSP reference or by the shop's own), refunds, reversals, amountUpdates, the idempotency header, 3-D Secure 2 by redirect
and native, four merchant accounts with a capture mode of their own, test cards, holder names that bring about a result.

Not simulated: every other endpoint, the classic Payments API, payment methods other than cards, gift cards and orders,
payment links, authentication only, platforms and splits. What is met and not simulated is reported as such.
"""

from __future__ import annotations
