"""docs/vendors.md, followed to the letter: its commands are run, and say what the page says."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from paypact.commands.serve import Wanted, running

PAGE = (Path(__file__).parents[2] / "docs" / "vendors.md").read_text("utf-8")
PORT = "4242"

pytest.importorskip("pact", reason="pact-python is not installed: pip install 'paypact[verify]'")


def blocks(language: str) -> list[str]:
    """The page's code of one language, in its order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


CONTRACT = blocks("json")[0]
INSTALL, START, VERIFY = blocks("sh")[:3]
PASSED, FAILED = blocks("text")


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def at(text: str, port: str) -> str:
    assert PORT in text
    return text.replace(PORT, port)


def shown(text: str) -> str:
    """Output without what differs from run to run."""
    return re.sub(r"\d\.\d\d", "0.00", text)


def run(script: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environ = {**os.environ, "PATH": path, **more}
    command = ["bash", "-euc", f"trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{script}"]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(shutil.which("bash") is None, reason="the page's commands are for a POSIX shell")
def test_its_commands_verify_its_contract(tmp_path: Path) -> None:
    """From the contract on the page to the verdict on the page, but for the installation."""
    assert "pip install 'paypact[verify]'" in INSTALL
    (tmp_path / "shop.json").write_text(CONTRACT, encoding="utf-8")
    port = free_port()
    done = run(f"{at(START, port)}\n{at(VERIFY, port)}", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert shown(done.stdout).startswith(shown(at(PASSED, port)))


def test_a_field_renamed_in_the_simulator_is_shown_as_the_page_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The same command, when the provider no longer sends what the shop needs of a capture."""
    from paypact.cli import call
    from paypact.gateways.stripe.simulator import Stripe
    from paypact.world.http import Response

    def renamed(self: Stripe, response: Response) -> bytes:
        text = render(self, response)
        return text.replace(b'"status":"succeeded"', b'"state":"succeeded"')

    render = Stripe.render
    monkeypatch.setattr(Stripe, "render", renamed)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.json").write_text(CONTRACT, encoding="utf-8")
    with running(Wanted(["stripe"]), lambda line: None) as [served]:
        monkeypatch.setenv("KEY", served.accounts.named("").credentials["secret_key"])
        command = at(VERIFY, served.url.rpartition(":")[2]).replace("'", "").replace("Bearer $", "Bearer_$")
        words = [word.replace("Bearer_$", "Bearer $") for word in command.split()[1:]]
        assert call(words) == 1
    assert FAILED in capfd.readouterr().out


def test_its_handler_is_one(tmp_path: Path) -> None:
    """The example of a state handler answers as the table above it says."""
    handler = blocks("python")[0].replace("8000", "{port}")
    assert "{port}" in handler
    port = free_port()
    program = tmp_path / "handler.py"
    program.write_text(handler.replace("{port}", port), encoding="utf-8")
    (tmp_path / "shop.json").write_text(CONTRACT, encoding="utf-8")
    script = f"""
python handler.py 2>/dev/null &
until python -c 'import socket; socket.create_connection(("127.0.0.1", {port}))' 2>/dev/null; do :; done
code=0
states=http://127.0.0.1:{port}/states
auth="Authorization=Bearer $KEY"
paypact verify shop.json --provider stripe --url {{url}} --header "$auth" --state-url $states || code=$?
echo "exit code $code"
"""
    with running(Wanted(["stripe"]), lambda line: None) as [served]:
        key = served.accounts.named("").credentials["secret_key"]
        done = run(script.replace("{url}", served.url), tmp_path, KEY=key)
    assert done.stdout.endswith("exit code 2\n")  # it gives no tokens, and this contract needs one
    assert "its request needs token, which no state handler gives" in done.stdout
