"""What webhooks may leave out: whatever the gateway may null, add or extend in what it tells, its hearer survives.

Most of a webhook is read by nobody, and much of it is as large as a reply. So what is documented is first done at once
wherever it can be at one depth; only where a handler falls over that, one field after the other.

Survival is all that is asked. What an order is then depends on what the handler makes of a webhook that does not say
all it usually says, and is no matter of right or wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from paypact.testkit import webhook_cases as flows
from paypact.testkit.case import Case
from paypact.testkit.delivery import conclude
from paypact.testkit.example import Example
from paypact.testkit.target import Target
from paypact.testkit.variation import RECEIVE, every
from paypact.testkit.webhooks import pays, play
from paypact.world.variations import variations


def hear(example: Example) -> None:
    """The case's flow, with one of its webhooks varied; a crash of who receives it is all that is wrong."""
    play(example)
    conclude(example)
    example.problems[:] = [each for each in example.problems if each.verdict.clause == "receive/crash"]
    if example.varying is not None and example.varying.struck is not None:
        example.occurred["webhook varied"] += 1


def cases(target: Target, rehearse: Callable[[Case], Example], *, quick: bool = False) -> list[Case]:
    """Flows as they are, then those in which a webhook of a type not seen before is varied; `quick`: not these."""
    undisturbed = [target.case(operation=RECEIVE, **values) for values in _flows(target)]
    if quick:
        return undisturbed
    seen: set[tuple[str, str]] = set()
    found: list[Case] = []
    for case in undisturbed:
        outbox = rehearse(case).outbox
        for place, event in enumerate(outbox.happened if outbox is not None else (), 1):
            possible = list(variations(event.tree)) if event.tree is not None else []
            whole = dict.fromkeys(filter(None, map(every, possible)))
            arms = [str(each) for each in possible if each.kind == "arm" and each.grade.word == "documented"]
            for text in (*whole, *arms):
                if (event.type, text) in seen:
                    continue
                seen.add((event.type, text))
                varied = case.but({"variation": f"{place} {text}"})
                if text in whole and rehearse(varied).problems:
                    alone = (str(each) for each in possible if every(each) == text)
                    found += [case.but({"variation": f"{place} {one}"}) for one in alone]
                found.append(varied)
    return [*undisturbed, *found]


def _flows(target: Target) -> Iterator[dict[str, Any]]:
    elsewhere = not pays(target)
    plain = flows.plainest(target, elsewhere=elsewhere)
    yield plain
    yield from flows.others(target, plain)
    yield from flows.answered(target, plain)
    yield from flows.undecided(target, plain)
    yield from flows.lives(target, elsewhere=elsewhere)
