"""The shopper: goes where the integration sends them and acts there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from paypact.cards.card import Card
from paypact.payments import ActionRequired, Authentication, Payment

if TYPE_CHECKING:
    from paypact.world.world import World


class NowhereToGo(Exception):
    """The outcome sends the shopper to a place that does not exist, or to none."""


class Shopper:
    """Acts at a URL or in the gateway's browser component; never touches the integration.

    `passes`: what they do where the component asks before it makes a token; `challenged` counts how often it did.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.passes = True
        self.challenged = 0

    def beforehand(self, card: Card) -> bool | None:
        """Whether the shopper passed the challenge shown before there is a token; None where the bank asks for none."""
        if not self._world.issuer.challenges(card):
            return None
        self.challenged += 1
        return self.passes

    def act(
        self,
        payment: Payment,
        outcome: ActionRequired,
        result: Literal["passed", "failed", "abandoned"] = "passed",
        *,
        claims: bool = False,
    ) -> Authentication:
        """Follow an ActionRequired outcome and pass, fail or abandon what is asked there.

        `claims`: then open the return page with what a success would have brought there, as far as one can write it.

        Raises:
            NowhereToGo: neither `url` nor `client_secret` leads to anything the gateway knows.
        """
        place = outcome.url or outcome.client_secret
        if not place:
            raise NowhereToGo("ActionRequired has neither url nor client_secret: the shopper has nowhere to go")
        with self._world.outside(payment):
            params = self._world.simulator.visit(place, payment, result)
            if claims and params is not None:
                params = {**params, **self._world.simulator.claimed(place)}
        if params is None:
            kind = "url" if outcome.url else "client_secret"
            raise NowhereToGo(f"the {kind} of ActionRequired is unknown to the gateway: the shopper has nowhere to go")
        return Authentication(result, params)
