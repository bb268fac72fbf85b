"""The generator's parts: what it reads off the wire and off forms, how it finds a limit, whom it blames."""

from __future__ import annotations

import asyncio
import gzip
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa.management.rehearse.advice import ADVICE, advise
from lantoa.management.rehearse.capacity import Limits, Rush, Rushes, Step
from lantoa.management.rehearse.forms import NoForm, form_with
from lantoa.management.rehearse.journey import Manner
from lantoa.management.rehearse.machine import Busy
from lantoa.management.rehearse.plan import make_plan, scaled
from lantoa.management.rehearse.wire import Wire
from lantoa.management.simulate.published import REFERENCE

CALM = Busy(10.0, 2, {"application": 5.0, "database": 2.0}, 0.1)


def answered(body: bytes, *, chunks: int, packed: bool) -> bytes:
    """An answer as servers send it: with its length, or in so many chunks."""
    body = gzip.compress(body) if packed else body
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nset-cookie: sessionid=abc; Path=/\r\n"
    head += b"content-encoding: gzip\r\n" if packed else b""
    if not chunks:
        return head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    size = max(1, len(body) // chunks)
    parts = [body[low : low + size] for low in range(0, len(body), size)]
    sent = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + sent + b"0\r\n\r\n"


async def asked(answers: list[list[bytes]], *, hang_up: bool = False):
    """Put as many questions as there are answers to a real server that sends each in pieces; what was understood."""
    left = list(answers)

    async def serve(reader, writer):
        while left and await reader.readline():
            while (await reader.readline()).strip():
                pass
            for piece in left.pop(0):
                writer.write(piece)
                await writer.drain()
            if hang_up:
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        async with Wire(f"http://127.0.0.1:{port}") as wire:
            found = [await wire.ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") for _ in answers]
            again = wire.sent_again
        await asyncio.sleep(0)
    return found, again


@given(
    st.lists(
        st.tuples(st.text(max_size=300), st.integers(0, 5), st.booleans(), st.integers(1, 400)), min_size=1, max_size=4
    )
)
@settings(max_examples=25)
def test_an_answer_is_read_whole_however_it_is_cut_and_packed(told):
    sent = [answered(text.encode(), chunks=chunks, packed=packed) for text, chunks, packed, _ in told]
    pieces = [
        [whole[low : low + size] for low in range(0, len(whole), size)]
        for whole, (*_, size) in zip(sent, told, strict=True)
    ]
    found, again = asyncio.run(asked(pieces))
    assert [answer.text for answer in found] == [text for text, *_ in told]
    assert found[0].cookies == [("sessionid", "abc")]
    assert again == 0


def test_a_kept_connection_that_is_closed_meanwhile_is_asked_anew_as_browsers_do():
    once = [answered(b"one", chunks=0, packed=False)]
    found, _ = asyncio.run(asked([once, once, once], hang_up=True))
    assert [answer.text for answer in found] == ["one"] * 3


@given(
    st.dictionaries(
        st.sampled_from(["csrfmiddlewaretoken", "phieu", "ban", "next"]), st.text("ab&<>\"'ă 1", max_size=12)
    )
)
def test_every_hidden_field_goes_back_as_it_came(fields):
    inputs = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items())
    page = f'<form action="/tim/"><input name="q"></form><form method="post" action="/a/nop/">{inputs}<p>c1</p></form>'
    form = form_with(page, "/nop/")
    assert (form.action, form.fields) == ("/a/nop/", fields)
    with pytest.raises(NoForm):
        form_with(page, 'name="full_name"')


@pytest.mark.parametrize("carries", [7.0, 100.0, 333.0, 5000.0])
def test_the_limit_is_found_from_below_and_above(carries):
    class Installation(Rushes):
        async def _hold(self, rate, _does, _limits):
            return a_step(rate, late=rate > carries)

    rushes = Installation(Wire("http://127.0.0.1:1"), "x", [], seed=1, manner=Manner(), calm=0)
    for rush in asyncio.run(rushes.all(Limits(), lambda _: None)):
        assert carries / 2 <= rush.carried.rate <= carries < rush.bent.rate


def a_step(rate: float, *, late: bool = True, busy: Busy = CALM, why: str = "", nothing: float = 0.01) -> Step:
    return Step(rate, 10, 2.0 if late else 0.1, 0, why, False, busy, nothing)


def test_it_names_what_gave_way():
    full = {
        "database": Busy(10.0, 2, {"application": 6.0, "database": 12.0, "generator": 1.0}, 0.1),
        "application": Busy(10.0, 2, {"application": 14.0, "database": 4.0, "generator": 1.0}, 0.1),
        "disk": Busy(10.0, 2, {"application": 2.0}, 0.95),
        "generator": Busy(10.0, 2, {"application": 2.0, "generator": 9.5}, 0.1),
        "processes": CALM,
    }
    for where, busy in full.items():
        rush = Rush("opening", "", Limits(), [a_step(60, busy=busy)])
        assert advise(rush, here=True) == ADVICE[where]
    far = Rush("opening", "", Limits(), [a_step(60, nothing=0.9)])
    assert advise(far, here=False) == ADVICE["network"]
    turned = Rush("opening", "", Limits(), [a_step(60, why="register: turned away (429)")])
    assert advise(turned, here=True) == ADVICE["turned away"]
    full_up = a_step(60, why="exam: turned away (503)", busy=full["application"])
    assert advise(Rush("opening", "", Limits(), [full_up]), here=True) == ADVICE["application"]
    assert advise(Rush("opening", "", Limits(), [a_step(60, late=False)]), here=True) is None


def test_the_plan_of_everybody_has_the_published_figures_and_each_deed_after_the_one_before():
    assert scaled(1.0) == REFERENCE
    plan = make_plan(2025, [30_000] * 20, share=0.01, asked=20, may_run_out=0.5)
    assert (len(plan.history.registrations), plan.visits[-1]) == (709, 12_439)
    seen: dict[int, int] = {}
    for deed in plan.deeds:
        assert (deed.what == "register") is (deed.who not in seen)
        seen[deed.who] = deed.at
    last = {deed.who: deed for deed in plan.deeds if deed.what == "sit"}
    assert {deed.manner for deed in plan.deeds if deed.what == "sit" and deed != last[deed.who]} <= {"", "twice"}
