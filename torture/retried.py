"""R05: retrying is harmless. A network cuts, doubles, delays and reorders; everything has one effect, one receipt."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from random import Random

from torture import books
from torture.page import HOME, Page, Sat, Seen
from torture.proxy import Proxy
from torture.report import Report
from torture.rig import Installation, installation

FATES = {"pass": 4, "deaf": 1, "mute": 3, "double": 3, "late": 2, "slow": 1}
_CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b")  # the short code by which anyone finds the log's entry
# The control: an attempt forgets that it was submitted, and nothing says that a fact has one entry.
_FORGETFUL = """
ALTER TABLE lantoa_entry DROP CONSTRAINT entry_fact_once;
ALTER TABLE lantoa_attempt DROP CONSTRAINT attempt_submitted_whole_and_in_time;
CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.submitted_at = NULL; NEW.correct = NULL; NEW.duration_ms = NULL; NEW.closed_by = ''; RETURN NEW; END $$;
CREATE TRIGGER forget BEFORE UPDATE ON lantoa_attempt FOR EACH ROW EXECUTE FUNCTION forget();
"""
_DOUBLED = """
SELECT count(*) FROM (
    SELECT FROM lantoa_entry WHERE number > 0 GROUP BY contestant_id, number HAVING count(*) > 1) more
"""


def run(
    template: Path,
    *,
    submissions: int,
    people: int,
    delay: float,
    again: float = 5.0,
    harmless: bool = True,
    seed: int = 1,
) -> Report:
    """So many exams through the proxy; not ``harmless`` is the control, in which everybody sits once."""
    began = time.monotonic()
    with installation(template) as place:
        place.start_database()
        if not harmless:
            with place.connect() as wire:
                wire.execute(_FORGETFUL)
        place.start_site()
        place.start_worker()
        rounds = max(1, submissions // people) if harmless else 1
        seen, sats, met = asyncio.run(_sit(place, people, rounds, delay=delay, again=again, rng=Random(seed)))
        faults = books.differences(place, sats) + books.recounted(place) if harmless else []
        with place.connect() as wire:
            doubled = wire.execute(_DOUBLED).fetchone()
    figures = {
        "acknowledged": sum(bool(sat.acknowledged) for sat in sats),
        "doubled": int(str(doubled[0])) if doubled else 0,
        "other faults": len(faults),
        "answers lost": seen.lost,
        **{f"requests {fate}": count for fate, count in sorted(met.items())},
        "seconds": round(time.monotonic() - began),
    }
    return Report(figures, [*faults, *(seen.odd if harmless else [])])


async def _sit(
    place: Installation, people: int, rounds: int, *, delay: float, again: float, rng: Random
) -> tuple[Seen, list[Sat], dict[str, int]]:
    seen, sats = Seen(), []
    async with Proxy(place.port, FATES, delay=delay, rng=rng) as proxy:

        async def one(index: int) -> None:
            person, rng = place.people[index], Random(index)
            page = Page(place.port, person, seen, rng, again=again, until=lambda: False, through=proxy.port)
            await asyncio.sleep(delay * rng.random())  # nobody stood before the door together
            for _ in range(rounds):
                sat = await page.sit(saves=2)
                if sat is None:
                    continue
                sats.append(sat)
                await _note_receipt(page, sat)
            await page.wire.close()

        await asyncio.gather(*(one(index) for index in range(people)))
        await proxy.settled()
        page = Page(place.port, place.people[0], seen, rng, again=again, until=lambda: False)
        for sat in [sat for sat in sats if sat.contestant == page.person.contestant]:
            await _note_receipt(page, sat)  # once more, when everything that was late has arrived
        await page.wire.close()
    return seen, sats, dict(proxy.met)


async def _note_receipt(page: Page, sat: Sat) -> None:
    """The short codes that the result page shows."""
    answer = await page.steadily(f"{HOME}ket-qua/{sat.number}/")
    if answer is not None and (code := _CODE.search(answer.text)):
        sat.codes.add(code[0])
