"""Stack traces as logs hold them."""

from __future__ import annotations

import json

import pytest

from paypact.aid.trace import Frame, traces
from paypact.errors import UsageError

PLAIN = """\
12:00:01 ERROR django.request Internal Server Error: /checkout
Traceback (most recent call last):
  File "/usr/lib/python3.12/site-packages/django/core/handlers/exception.py", line 55, in inner
    response = get_response(request)
               ^^^^^^^^^^^^^^^^^^^^^
  File "/app/shop/payments.py", line 41, in label
    return NAMES[brand]
           ~~~~~^^^^^^^
KeyError: 'JCB'
12:00:02 INFO next request
"""
CHAINED = """\
Traceback (most recent call last):
  File "/app/shop/client.py", line 7, in post
    raise TimeoutError
TimeoutError

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/shop/payments.py", line 9, in charge
    post()
shop.errors.GatewayDown: no answer from 'stripe' for "order-7"
"""
FRAMES = (
    Frame("/usr/lib/python3.12/site-packages/django/core/handlers/exception.py", 55, "inner"),
    Frame("/app/shop/payments.py", 41, "label"),
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PLAIN, id="a log"),
        pytest.param("\n".join(f"web-1  | {line}" for line in PLAIN.splitlines()), id="behind a prefix"),
        pytest.param(json.dumps({"level": "error", "trace": PLAIN}) + "\n", id="a line of JSON"),
        pytest.param(PLAIN.replace("\n", "\r\n"), id="of another system"),
    ],
)
def test_frames_and_exception(text: str) -> None:
    """Whatever stands around it, the stack and what was raised are found."""
    (trace,) = traces(text, "a.log")

    assert trace.frames == FRAMES
    assert (trace.kind, trace.words) == ("KeyError", ("JCB",))


def test_chained_exceptions() -> None:
    """Each has its stack, in order; a class is known by its bare name, a message by what it quotes."""
    first, last = traces(CHAINED, "a.log")

    assert (first.kind, first.message, first.frames[0].function) == ("TimeoutError", "", "post")
    assert (last.kind, last.message) == ("GatewayDown", "no answer from 'stripe' for \"order-7\"")
    assert last.words == ("stripe", "order-7")


def test_windows_paths() -> None:
    """Files are named with slashes, whatever the system."""
    (trace,) = traces(PLAIN.replace("/app/shop/payments.py", "C:\\shop\\payments.py"), "a.log")

    assert trace.frames[-1].file == "C:/shop/payments.py"


@pytest.mark.parametrize("text", ["", "KeyError: 'JCB'", "Traceback (most recent call last):\nKeyError: 'x'"])
def test_no_trace(text: str) -> None:
    """Half a trace is none, and the message says what is needed."""
    with pytest.raises(UsageError) as refused:
        traces(text, "a.log")

    assert str(refused.value) == (
        "explain: there is no Python stack trace in a.log: "
        "it needs the lines from 'Traceback (most recent call last):' to the exception"
    )
