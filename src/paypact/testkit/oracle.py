"""The oracle: when is what the integration says true? Tables, and the short code that reads them.

Words of a table: *ok*; *wrong*: untrue, no money at stake; *broken*: untrue about money; *ask*: allowed only if a fault
was injected in this flow, then asked again; *advice*. A number behind a word is a condition, in `judge.py`.
"""

from __future__ import annotations

from typing import Final, TypeAlias

Table: TypeAlias = dict[str, dict[str, str]]


def _table(text: str) -> Table:
    head, *rows = [line.split() for line in text.strip().splitlines()]
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


# The outcome of sale, authorize, complete, lookup, charge_stored; of verify and store with *authorized* read as
# verified, stored.
# (1) broken when no fault was injected: a no that nobody said.
# (2) only if the request was refused for a fault of the payment, or the payment is out of scope or has no exact form.
# (3) the reason: not empty, not another specific answer's. (4) ok where the driver has no `complete`.
# (5) the amount is what was approved; *authorized* is ok for `authorize` only, *paid* not for it.
# (11) ok where no card was presented.
OUTCOME: Final = _table("""
standing    Approved  Declined  ActionRequired  Pending  Rejected  Unknown  crash
open        broken    wrong     ok              ok       wrong     ask      broken
untouched   broken    wrong:1   broken          broken   ok:2      ask      broken
refused     broken    ok:3      broken          broken   advice    ask      broken
challenged  broken    wrong:4   ok              wrong    wrong:4   ask      broken
pending     broken    broken    broken          ok       broken    ask      broken
review      broken    broken    broken          ok       broken    ask      broken
authorized  ok:5      broken    broken          wrong    broken    ask      broken
paid        ok:5      broken    broken          wrong    broken    ask      broken
undone      broken    ok        broken          wrong    wrong:11  ask      broken
disputed    ok:5      broken    broken          wrong    broken    ask      broken
twice       broken    broken    broken          broken   broken    broken   broken
""")

# The outcome of capture, refund, void: the movement this call asked for.
# (6) a movement only acknowledged is Pending. (7) ok where the goal was already reached. (8) broken once the failure
# was told. (9) ok where an earlier call's movement is on its way to that goal. (10) ok where the call's own reply
# refused it: no request and no movement are the same to whoever is told.
MOVEMENT: Final = _table("""
movement    Approved  Declined  Pending  Rejected  Unknown  crash    ActionRequired
none        broken:7  ok        broken:9  ok       ask      broken   broken
requested   broken    broken    ok       broken    ask      broken   broken
moved       ok        broken    wrong    broken    ask      broken   broken
failed      broken:8  ok        ok:8     wrong:10  ask      broken   broken
more        broken    broken    broken   broken    broken   broken   broken
""")

# The shop's `order`, once everything is delivered and settled.
# *captured-then-voided*: a void of what had been captured and not settled; the money went back, by either name.
ORDER: Final = _table("""
standing              unpaid  pending  authorized  paid    refunded  failed  canceled  disputed
open                  ok      ok       broken      broken  broken    wrong   wrong     broken
untouched             ok      wrong    broken      broken  broken    ok      ok        broken
refused               ok      wrong    broken      broken  broken    ok      ok        broken
challenged            ok      ok       broken      broken  broken    wrong   wrong     broken
pending               broken  ok       broken      broken  broken    broken  broken    broken
review                broken  ok       wrong       broken  broken    broken  broken    broken
authorized            broken  wrong    ok          broken  broken    broken  broken    broken
capture-requested     broken  ok       ok          broken  broken    broken  broken    broken
paid                  broken  wrong    broken      ok      broken    broken  broken    broken
undone-by-void        ok      wrong    broken      broken  wrong     ok      ok        broken
captured-then-voided  ok      wrong    broken      broken  ok        ok      ok        broken
undone-by-refund      broken  wrong    broken      broken  ok        wrong   wrong     broken
disputed              broken  wrong    broken      wrong   wrong     wrong   wrong     ok
twice                 broken  broken   broken      broken  broken    broken  broken    broken
""")

# How a standing and an outcome read in a sentence.
STANDING_SAID: Final = {
    "open": "the purchase is open and no card was presented",
    "untouched": "no authorization of this card exists",
    "refused": "the card was refused",
    "challenged": "the shopper still has to authenticate",
    "pending": "the issuer has not answered yet",
    "review": "the payment is held for review",
    "authorized": "the money is held on the card",
    "paid": "the card was charged",
    "undone": "the money was released or given back",
    "disputed": "the charge is disputed",
    "twice": "the shopper was charged twice",
    "none": "nothing was moved",
    "requested": "the movement was only requested",
    "moved": "the money was moved",
    "failed": "the movement failed",
    "more": "more was moved than was asked",
}
