"""`paypact init GATEWAY`: a driver to fill in, and a workflow that runs it on each pull request."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from paypact import gateways
from paypact.errors import UsageError
from paypact.report import files, style
from paypact.report.output import standard_output

DRIVER: Final = "tests/test_payments.py"
WORKFLOW: Final = ".github/workflows/payments.yml"

_DRIVER: Final = '''\
"""Our payment code, as the checkout calls it: paypact tries its promises on this class."""

from __future__ import annotations

from paypact import Driver, Outcome, Payment, SimulatedGateway


class Shop{title}(Driver, gateway="{name}"):
    """Narrow the scope to what you sell: currencies=["EUR"], schemes=["visa", "mastercard"], wallets=[]."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        # Make your payment code reach `gateway.url`, with `gateway.credentials`:
        # {credentials}.
        self.gateway = gateway

    def sale(self, payment: Payment) -> Outcome:
        # Charge `payment.amount` (minor units) to {token}, for the order `payment.reference`.
        # `payment.attempt` names this press of Pay: use it as the idempotency key.
        # Return one of paypact's Approved(id), Declined(reason), ActionRequired(id, url=...), Pending(id),
        # Rejected(message), or Unknown() where nobody knows whether money moved. An exception that leaves this
        # method is a crash.
        raise NotImplementedError("sale")
'''

_WORKFLOW: Final = """\
name: payments
on: pull_request
permissions:
  contents: read
jobs:
  paypact:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v6
        with:
          python-version: "3.12"
      - run: pip install -r requirements.txt paypact
      - run: paypact run {driver} --html paypact.html --json paypact.json
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: paypact
          path: paypact.*
"""


def init(name: str) -> int:
    """Write both files and say what to do next.

    Raises:
        UsageError: no such gateway, or one of the files exists: nothing is written then.
    """
    gateway = gateways.load(name)
    simulator = gateway.simulator
    takes_token = "tokenize" in vars(simulator)
    filled = {
        "name": name,
        "title": "".join(part.capitalize() for part in name.split("_")),
        "credentials": ", ".join(simulator.credentials()),
        "token": "the token `payment.token`" if takes_token else "`payment.card` or what is in `payment.browser`",
    }
    made = {Path(DRIVER): _DRIVER.format(**filled), Path(WORKFLOW): _WORKFLOW.format(driver=DRIVER)}
    for file in made:
        if file.exists():
            raise UsageError(
                f"init: {file} exists already, and nothing was written: move it away, or add to it by hand"
            )
    for file in made:
        files.make_folder(file.parent, "Move away what is in its place")
    for file, text in made.items():
        files.replace(str(file), text.encode())
    with standard_output() as out:
        console = style.console(out)
        console.print(f"wrote {DRIVER} and {WORKFLOW}", highlight=False)
        line = made[Path(DRIVER)].splitlines().index('        raise NotImplementedError("sale")') + 1
        console.print(f"next: fill in {DRIVER}:{line}, then: paypact run {DRIVER}", highlight=False, soft_wrap=True)
    return 0
