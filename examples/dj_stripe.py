"""dj-stripe, as it is on the package index, by its webhooks alone: payments are made elsewhere, it hears of them.

An order is read from the tables that its webhook view keeps. In an environment of its own: `pip install paypact
dj-stripe`, then `paypact run examples/dj_stripe.py`.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import django
import stripe
from django.conf import settings

from paypact import Driver, Notification, Order, Reply, SimulatedGateway

FOLDER = tempfile.TemporaryDirectory()
EMPTY, TABLES = Path(FOLDER.name, "empty.sqlite"), Path(FOLDER.name, "shop.sqlite")

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "djstripe"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(TABLES),
            "OPTIONS": {  # one writer at a time, which others wait for
                "init_command": "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY",
                "timeout": 60,
                "transaction_mode": "IMMEDIATE",
            },
        }
    },
    DJSTRIPE_FOREIGN_KEY_TO_FIELD="id",
    STRIPE_LIVE_MODE=False,
    USE_TZ=True,
)
django.setup()

from django.core.management import call_command  # noqa: E402 - Django is set up first
from django.db import connections  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from djstripe import models, views  # noqa: E402


class DjStripe(Driver, gateway="stripe", currencies=["EUR", "USD"]):
    @classmethod
    def start(cls, gateway: SimulatedGateway) -> None:
        settings.STRIPE_TEST_SECRET_KEY = gateway.credentials["secret_key"]
        call_command("migrate", verbosity=0)
        connections.close_all()
        shutil.copy(TABLES, EMPTY)

    def __init__(self, gateway: SimulatedGateway) -> None:
        stripe.api_base = gateway.url
        shutil.copy(EMPTY, TABLES)
        secret = gateway.credentials["webhook_secret"]
        self.endpoint = models.WebhookEndpoint.objects.create(id="we_1", secret=secret, enabled_events=["*"])

    def close(self) -> None:
        connections.close_all()

    def receive(self, notification: Notification) -> Reply:
        request = RequestFactory().post(
            "/webhooks", notification.body, content_type="application/json", headers=dict(notification.headers),
            REMOTE_ADDR=notification.remote_addr,
        )  # fmt: skip
        answer = views.ProcessWebhookView.as_view()(request, uuid=self.endpoint.djstripe_uuid)
        return Reply(answer.status_code, answer.content)

    def order(self, reference: str) -> Order:
        intent: Any = models.PaymentIntent.objects.filter(stripe_data__metadata__order_id=reference).last()
        if intent is None:
            return Order("unpaid")
        charge: Any = models.Charge.objects.filter(stripe_data__payment_intent=intent.id).last()
        if charge is not None and models.Dispute.objects.filter(stripe_data__charge=charge.id).exists():
            return Order("disputed")
        if charge is not None and charge.stripe_data["refunded"]:
            return Order("refunded")
        states: Any = {"succeeded": "paid", "requires_capture": "authorized", "canceled": "canceled"}
        return Order(states.get(intent.stripe_data["status"], "pending"))
