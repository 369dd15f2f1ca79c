"""The script of curl calls: nothing of the run in it, ids taken from replies, whatever stands in a body."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from paypact.aid.curl import Script
from paypact.world.http import Failure, Request, Response
from paypact.world.recording import Exchange

KEY = "key_" + "abcdef123456"
CREDENTIALS = {"public_key": "pub_778899", "private_key": KEY, "id": "m1"}


def exchange(number: int, path: str, reply: bytes = b"{}", **more: Any) -> Exchange:
    """A request that was answered, or one whose reply was lost."""
    headers, body = more.pop("headers", {}), more.pop("body", b"")
    sent = Request("POST", f"https://api.tin.example{path}", headers, body)
    answered: Any = more.pop("answered", Response(200))
    return Exchange(number, "sale", None, sent, 0.0, response=Response(200), reply=answered, raw=reply, **more)


def script(*exchanges: Exchange, **swaps: str) -> str:
    """The script of these exchanges."""
    return Script("cards[shop-jcb]: it broke", "tin", CREDENTIALS, swaps).text(exchanges)


def run(text: str, folder: Path) -> list[list[str]]:
    """Run a script with a curl that writes its arguments down and answers `{"id": "new-22", ...}`; the arguments."""
    fake = folder / "curl"
    fake.write_text(
        '#!/bin/sh\nfor word in "$@"; do printf "%s\036" "$word"; done >> "$0.log"; printf "\035" >> "$0.log"\n'
        """echo '{"private_key": "served_key_1", "public_key": "served_pub_1", "id": "new-22", "next": "id"}'\n"""
    )
    fake.chmod(0o755)
    (folder / "it.sh").write_text(text)
    path = f"{folder}:{Path(str(shutil.which('grep'))).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["sh", str(folder / "it.sh")], env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    calls = (folder / "curl.log").read_text().split("\035")[:-1]
    return [call.split("\036")[:-1] for call in calls]


def test_credentials_and_cards_are_not_those_of_the_run(tmp_path: Path) -> None:
    """Keys come from the served simulator, in headers, user names and bodies; the card is a published one."""
    basic = base64.b64encode(f"pub_778899:{KEY}".encode()).decode()
    sent = [
        exchange(
            1, "/charges?k=1", headers={"authorization": f"Basic {basic}", "user-agent": "x"}, body=b"n=4999&t=t-9"
        ),
        exchange(2, "/charges", headers={"x-key": KEY, "content-type": "text/plain", "idempotency-key": "k-1"}),
    ]
    text = script(*sent, **{"4999": "4111", "t-9": "tok_visa"})

    asked, first, second = run(text, tmp_path)

    assert KEY not in text
    assert "4999" not in text
    assert asked[-1] == "http://127.0.0.1:4242/_paypact/"
    assert first[2:] == [
        "POST",
        "http://127.0.0.1:4242/charges?k=1",
        "-u",
        "served_pub_1:served_key_1",
        "--data-binary",
        "n=4111&t=tok_visa",
    ]
    assert second[4:8] == ["-H", "x-key: served_key_1", "-H", "content-type: text/plain"]
    assert second[9].startswith("idempotency-key: k-1-")
    assert "user-agent" not in text


def test_ids_are_taken_from_replies(tmp_path: Path) -> None:
    """What a reply brought about and a later request repeats is a variable; what the shop had said itself stays."""
    sent = [
        exchange(1, "/charges", b'{"order": "order-77", "id": "old-11", "next": "id"}', body=b"order=order-77"),
        exchange(2, "/charges/old-11/capture", body=b"order=order-77"),
    ]

    calls = run(script(*sent), tmp_path)

    assert [call[3].partition("4242")[2] for call in calls[1:]] == ["/charges", "/charges/new-22/capture"]
    assert calls[2][-1] == "order=order-77"


@pytest.mark.parametrize("body", ["it's $HOME `id` \\ x", 'say "x"', "a\nb", "%41 %s", "!x *"])
def test_a_shell_takes_bodies_as_they_are(tmp_path: Path, body: str) -> None:
    """Nothing in a body is obeyed."""
    (_, call) = run(script(exchange(1, "/x", body=body.encode())), tmp_path)

    assert call[-1] == body


def test_what_is_not_repeated_is_said() -> None:
    """A lost reply stands as a comment beside the call."""
    text = script(exchange(1, "/x", answered=Failure("read-timeout"), failure=Failure("read-timeout")))

    said = "# 1  sale: booked nothing; in the case the reply was lost (read-timeout), which this script does not repeat"
    assert f"{said}\n" in text
