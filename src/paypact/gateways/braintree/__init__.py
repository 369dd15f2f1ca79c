"""Braintree's XML gateway API, version 6, which is what its server SDKs speak.

Simulated: transactions (sale, find, search by order id and other texts, submit for settlement in full and in part,
void, refund, reverse, adjust the authorization, the sandbox's settle), verifications, customers and payment methods as
far as storing a card needs them, client tokens, nonces made for a card and the vendor's `fake-...` ones, results of 3-D
Secure that a nonce carries, duplicate checking, `api_request_key`, settlement on the virtual clock, one merchant
account per currency, webhooks about refunds that failed, disputes, disbursements.

Not simulated: every other endpoint, the GraphQL API, subscriptions, PayPal, Venmo, local payments, bank accounts,
marketplaces, evidence for disputes, OAuth. What is met and not simulated is reported as such.
"""

from __future__ import annotations
