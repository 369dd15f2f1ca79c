"""The neighbour: another shop of the same merchant, at the same gateway account.

Its payments are told to this shop's endpoint as well, and its objects can be read with this shop's key, so that a shop
that reads anew what a webhook is about finds it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from paypact.testkit.example import Example
from paypact.world.issuer import approve
from paypact.world.notifications import Event
from paypact.world.world import World

ORDER: Final = "another-shops-order"
WEEK: Final = 7 * 86_400.0  # seconds: by then a payment has settled
BEFORE: Final = 5 * WEEK  # the neighbour's payments are older than this shop's


def strangers(example: Example) -> list[Event]:
    """Genuine webhooks that are not about this shop's payments; `order` is set in those about the neighbour's."""
    world, version = example.world, example.target.scope.api_version
    other = world.neighbour = World(world.gateway, now=world.clock.time() - BEFORE)
    outbox = other.listen(version)
    card = example.card()
    other.issuer.answers(card, approve(), approve())
    for number, end in enumerate(("refund", "chargeback"), 1):
        payment = example.made(f"{ORDER}-{number}", 1, card, example.price(), other.simulator)
        with other.outside(payment):
            other.simulator.elsewhere(payment, "sale")
            other.clock.advance(WEEK)
            if end == "refund":
                other.simulator.elsewhere(payment, end)
            elif end in world.gateway.facts.ledger.failures:
                other.ledger.request("chargeback", other.ledger.purchases[-1].authorizations[-1])
            other.clock.advance(WEEK)
    newest = {event.type: replace(event, order=ORDER) for event in outbox.happened}
    return [*other.simulator.strangers(version), *newest.values()]
