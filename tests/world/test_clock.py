"""Waiting costs nothing, and everything that tells the time agrees."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

import pytest

from paypact.world import clock, loop
from paypact.world.clock import START, Clock, Wait, running


@pytest.fixture(autouse=True, scope="module")
def wrapped() -> None:
    """What the plugin does when it is imported."""
    clock.install()


@pytest.fixture
def now() -> Iterator[Clock]:
    """A clock that is running."""
    with running(Clock()) as running_clock:
        yield running_clock


def test_the_clock_starts_at_noon_far_from_any_edge() -> None:
    """The start is the same in every run, and no zone or rounding moves it into another day."""
    assert datetime.fromtimestamp(START, UTC) == datetime(2026, 6, 17, 12, tzinfo=UTC)
    assert Clock().time() == START


def test_timers_fire_in_order_each_at_its_own_time() -> None:
    """A timer sees its own time, also when many are passed at once, and those set by timers fire as well."""
    own = Clock(0)
    fired: list[tuple[str, float]] = []
    own.call_later(20, lambda: fired.append(("late", own.time())))
    own.call_later(10, lambda: fired.append(("first", own.time())))
    own.call_later(10, lambda: own.call_later(5, lambda: fired.append(("of a timer", own.time()))))
    own.call_later(31, lambda: fired.append(("not yet", own.time())))
    own.advance(30)
    assert fired == [("first", 10), ("of a timer", 15), ("late", 20)]
    assert own.time() == 30


@pytest.mark.parametrize(("limit", "rests", "at"), [(100.0, True, 40), (39.0, False, 0)], ids=["all", "some left"])
def test_rest_runs_until_no_timer_is_left(limit: float, rests: bool, at: float) -> None:
    """At rest nothing more will happen by itself; the limit says how long to look."""
    own = Clock(0)
    own.call_later(40, int)
    assert own.rest(limit) is rests
    assert own.time() == at


def test_sleep_moves_every_clock_by_the_same_step(now: Clock) -> None:
    """time, datetime, monotonic and the world's own clock agree, and nothing waits for real."""
    before, began = time.monotonic(), time.perf_counter()
    time.sleep(90.5)
    assert time.time() == now.time() == START + 90.5
    assert datetime.now(UTC).timestamp() == START + 90.5
    assert time.monotonic() - before == pytest.approx(90.5)
    assert time.monotonic_ns() / 1e9 == pytest.approx(time.monotonic())
    assert time.perf_counter() - began < 5
    assert now.slept == [Wait(START, 90.5, "MainThread", "sleep")]
    assert now.waited == 90.5


def test_a_loop_that_sleeps_until_a_deadline_ends(now: Clock) -> None:
    """However large the clock, no rounding error is left over to sleep for again and again."""
    now.advance(1e9)
    deadline = time.monotonic() + 0.3
    while time.monotonic() < deadline:
        time.sleep(deadline - time.monotonic())
    assert len(now.slept) <= 2


def test_monotonic_never_goes_back_from_one_example_to_the_next() -> None:
    """Code that remembers a monotonic time across examples never meets a negative age."""
    with running(Clock()):
        time.sleep(1_000)
        remembered = time.monotonic()
    with running(Clock()):
        assert time.monotonic() >= remembered
        assert time.time() == START


def test_without_a_running_clock_time_is_real() -> None:
    """Outside examples the wrappers are the functions they stand for, complaints included."""
    began = time.perf_counter()
    time.sleep(0.01)
    assert time.perf_counter() - began >= 0.01
    assert abs(time.monotonic() - time.perf_counter()) < 3_600
    with pytest.raises(ValueError, match="non-negative"):
        time.sleep(-1)
    with running(Clock()), pytest.raises(ValueError, match="non-negative"):
        time.sleep(-1)


def test_a_sleep_within_the_code_under_test_does_not_raise_what_a_timer_raises() -> None:
    """A defect of ours goes to whoever watches for it, not to the code that happened to sleep."""
    own, seen = Clock(), list[Exception]()
    own.on_defect = seen.append
    own.call_later(1, [].pop)
    with running(own):
        time.sleep(2)
    assert [type(defect) for defect in seen] == [IndexError]
    assert own.time() == START + 2


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_threads_of_the_example_live_in_its_time(now: Clock) -> None:
    """A worker that the code under test starts backs off in virtual time."""
    in_thread(lambda: time.sleep(30)).join()
    assert now.time() == START + 30


@pytest.mark.parametrize(("adopted", "moved"), [(False, 0), (True, 5)], ids=["stranger", "has called the gateway"])
def test_threads_that_were_there_before_keep_real_time_until_they_work_for_the_example(
    adopted: bool, moved: float
) -> None:
    """A reporter that polls in the background must not carry the clock away; an application server's thread may."""
    own, go, done = Clock(), threading.Event(), threading.Event()
    stamps: list[float] = []

    def work() -> None:
        go.wait()
        if adopted:
            clock.adopt()
        time.sleep(5 if adopted else 0.001)
        stamps.append(time.monotonic())
        done.set()

    thread = in_thread(work)
    with running(own):
        go.set()
        assert done.wait(5)
        assert own.time() == START + moved
        assert (stamps[0] == time.monotonic()) is adopted
    thread.join()


def test_waiting_for_real_is_noticed() -> None:
    """What cannot be made virtual, such as an Event, is at least told."""
    own, other = Clock(), Clock()
    with running(own):
        threading.Event().wait(0.15)
    with running(other):
        time.sleep(1_000)
    assert own.waited_for_real >= 0.1
    assert other.waited_for_real == 0


async def asleep() -> None:
    await asyncio.sleep(8)


async def timed_out() -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 8)


async def side_by_side() -> None:
    await asyncio.gather(asyncio.sleep(8), asyncio.sleep(5))


async def busy_thread() -> None:
    await asyncio.wait_for(asyncio.to_thread(clock.real_sleep, 0.01), 3)  # it answers in time, so nothing passes
    await asyncio.sleep(8)


async def sleepy_thread() -> None:
    await asyncio.wait_for(asyncio.to_thread(time.sleep, 8), 10)


ASYNC = [asleep, timed_out, side_by_side, busy_thread, sleepy_thread]


@pytest.mark.parametrize("work", ASYNC, ids=lambda work: work.__name__)
@pytest.mark.parametrize("start", [clock.run, asyncio.run], ids=["the loop of the process", "a loop of its own"])
def test_async_code_waits_in_virtual_time(
    now: Clock, start: Callable[[Awaitable[None]], None], work: Callable[[], Awaitable[None]]
) -> None:
    """Eight seconds of an event loop pass at once, and only those."""
    began = time.perf_counter()
    start(work())
    assert now.time() == START + 8
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("start", [clock.run, asyncio.run], ids=["the loop of the process", "a loop of its own"])
def test_what_nobody_will_ever_do_is_not_waited_for(now: Clock, start: Callable[[Awaitable[None]], None]) -> None:
    """An operation that could only hang ends with an error that says so, and the loop serves the next one."""

    async def forgotten() -> None:
        await asyncio.Event().wait()

    with pytest.raises(loop.NeverEndsError) as raised:
        start(forgotten())

    assert str(raised.value) == "it waits for something that nobody will ever do: no timer, call or thread is left"
    start(asleep())
    assert now.time() == START + 8


def test_an_event_loop_outside_the_example_keeps_real_time() -> None:
    """An application server in a thread of its own goes on ticking while the virtual clock stands still."""
    ready, ticked = threading.Event(), threading.Event()

    async def serve() -> None:
        ready.set()
        await asyncio.sleep(0.02)
        ticked.set()

    thread = in_thread(lambda: asyncio.run(serve()))
    ready.wait()
    with running(Clock()) as own:
        assert ticked.wait(5)
        assert own.time() == START
    thread.join()
