"""Official SDKs in another language against `paypact serve`: nothing of them is patched, they are pointed there."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from paypact.commands.serve import Wanted, running

HERE = Path(__file__).parent
TIMEOUT = 180  # seconds for a package to be fetched; the scripts take one or two


@dataclass(frozen=True)
class Sdk:
    """One SDK, its package in npm, and what its script sees. `tls`: it speaks HTTPS alone."""

    package: str
    sees: dict[str, Any]
    tls: bool = False


SDKS = {
    "stripe": Sdk(
        "stripe",
        {
            "approve": ["succeeded", 1099],
            "decline": ["StripeCardError", "card_declined", "lost_card", "requires_payment_method"],
            "challenge": ["requires_action", True, "succeeded", "succeeded"],
            "refund": ["succeeded", 99],
            "webhook": [True, "succeeded"],
            "unauthenticated": ["StripeAuthenticationError", 401],
        },
    ),
    "adyen": Sdk(
        "@adyen/api-library",
        {
            "approve": ["Authorised", "order-1"],
            "decline": ["Refused", "string"],
            "challenge": ["RedirectShopper", True, "Authorised"],
            "refund": ["received", 99],
            "webhook": [True, "true", "REFUND"],
            "unauthenticated": ["HttpClientException", 401],
        },
        tls=True,
    ),
    "braintree": Sdk(
        "braintree",
        {
            "approve": [True, "submitted_for_settlement", "Visa"],
            "decline": [False, "processor_declined", "2000"],
            "challenge": [True, True],
            "refund": ["settled", True, "credit", "0.99"],
            "webhook": ["transaction_disbursed", True],
            "unauthenticated": "authenticationError",
        },
    ),
}


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A folder with one SDK from npm, beside our scripts; skips where Node is missing, or nothing may be fetched."""
    folder = tmp_path_factory.mktemp("node")
    ready: dict[str, str] = {}

    def install(package: str) -> Path:
        if not os.environ.get("PAYPACT_NODE"):
            pytest.skip("PAYPACT_NODE is not set: it lets tests fetch the vendors' Node SDKs from npm (tox -e node)")
        if shutil.which("node") is None or shutil.which("npm") is None:
            pytest.skip("Node is not installed: the vendors' SDKs for it were not tried")
        if package not in ready:
            for script in HERE.glob("*.mjs"):
                shutil.copy(script, folder)
            (folder / "package.json").write_text('{"private": true, "type": "module"}', encoding="utf-8")
            command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", package]
            try:
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)
                ready[package] = done.stderr.strip() if done.returncode else ""
            except subprocess.TimeoutExpired:
                ready[package] = f"not fetched within {TIMEOUT} seconds"
        assert not ready[package], f"npm cannot install {package}: {ready[package]}"
        return folder

    return install


@pytest.mark.parametrize("gateway", SDKS)
def test_the_official_node_sdk_is_served(gateway: str, installed: Callable[[str], Path], tmp_path: Path) -> None:
    """It approves, is declined, passes 3-D Secure, refunds, and takes a signed webhook with its own verification."""
    sdk = SDKS[gateway]
    folder = installed(sdk.package)
    if sdk.tls:
        pytest.importorskip("trustme", reason="trustme is not installed: pip install 'paypact[tls]'")
    with socket.create_server(("127.0.0.1", 0)) as free:
        hook = free.getsockname()[1]
    ca = tmp_path / "ca.pem"
    wanted = Wanted([gateway], webhooks=[f"http://127.0.0.1:{hook}/"], tls=sdk.tls, ca_file=str(ca))
    lines: list[str] = []
    with running(wanted, lines.append) as [served]:
        about = {"url": served.url, "credentials": served.accounts.named("").credentials, "hook": hook}
        environ = {**os.environ, "SERVED": json.dumps(about), "NODE_EXTRA_CA_CERTS": str(ca) if sdk.tls else ""}
        port = served.url.rpartition(":")[2]
        done = subprocess.run(
            ["node", f"{gateway}.mjs"],
            cwd=folder,
            env={**environ, "GATEWAY_HOST": "127.0.0.1", "GATEWAY_PORT": port},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (done.stderr, lines)
        assert json.loads(done.stdout) == sdk.sees
        assert [account.world.defect for account in served.accounts] == [None]
