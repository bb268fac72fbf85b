"""One person's browser: cookies, forms, Origin, redirects; every answer is timed and, if it is a page, counted."""

from __future__ import annotations

from asyncio import Semaphore
from time import perf_counter

from lantoa.management.rehearse.books import Books, Person
from lantoa.management.rehearse.forms import Form
from lantoa.management.rehearse.wire import Answer, Broken, Wire

_DEVICE, _ENGINE = "Linux; Android 14; SM-A155F", "AppleWebKit/537.36 (KHTML, like Gecko)"
AGENT = f"Mozilla/5.0 ({_DEVICE}) {_ENGINE} Chrome/126.0.0.0 Mobile Safari/537.36"
START = "/thi/bat-dau/"
OK, MOVED = 200, (301, 302, 303, 307, 308)
TURNED_AWAY = (429, 503)
MANY = 10_000


class Unexpected(RuntimeError):
    """Another answer than an honest person must get; the step and why."""

    def __init__(self, step: str, why: str) -> None:
        """Name the step of the way."""
        super().__init__(f"{step}: {why}")
        self.step, self.why = step, why


class Place:
    """A contest at an address: its connections, the headers that all share, the books."""

    def __init__(self, wire: Wire, slug: str, books: Books, *, at_once: int = MANY) -> None:
        """``slug``: the contest's; ``at_once``: questions under way, the others wait their turn here."""
        self.wire, self.home, self.books, self._turns = wire, f"/{slug}/", books, Semaphore(at_once)
        common = f"Host: {self.wire.host}\r\nUser-Agent: {AGENT}\r\nAccept-Encoding: gzip\r\nAccept-Language: vi\r\n"
        page = "Accept: text/html,application/xhtml+xml\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n"
        self._get = f" HTTP/1.1\r\n{common}{page}".encode()
        same = f"Origin: {self.wire.address}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        self._post = f" HTTP/1.1\r\n{common}{page}Sec-Fetch-Site: same-origin\r\n{same}".encode()
        script = "Accept: application/json\r\nSec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\n"
        self._script = f" HTTP/1.1\r\n{common}{script}Sec-Fetch-Site: same-origin\r\n{same}".encode()

    async def get(self, step: str, path: str, cookie: bytes = b"") -> Answer:
        """A page, as a browser without a history asks for it."""
        answer = await self._ask(step, b"GET " + path.encode() + self._get + cookie + b"\r\n")
        if answer.status == OK and answer.is_page and path.startswith(self.home):
            self.books.visits += 1
        return answer

    async def post(self, step: str, path: str, body: bytes, cookie: bytes, *, script: bool = False) -> Answer:
        """A form, or what the page's script sends."""
        head = self._script if script else self._post
        length = b"Content-Length: %d\r\n\r\n" % len(body)
        answer = await self._ask(step, b"POST " + path.encode() + head + cookie + length + body)
        if answer.status == OK and answer.is_page and path.endswith(START):
            self.books.visits += 1  # the paper: the one page that an answer to a form is
        return answer

    async def _ask(self, step: str, question: bytes) -> Answer:
        async with self._turns:
            begun = perf_counter()
            try:
                answer = await self.wire.ask(question)
            except Broken as broken:
                raise Unexpected(step, str(broken)) from broken
            self.books.took(step, perf_counter() - begun)
        return answer


class Browser:
    """A person's browser at a place."""

    def __init__(self, place: Place, person: Person) -> None:
        self.place, self.person = place, person

    def _cookie(self) -> bytes:
        if not self.person.cookies:
            return b""
        return f"Cookie: {'; '.join(f'{name}={value}' for name, value in self.person.cookies.items())}\r\n".encode()

    def _keep(self, answer: Answer) -> Answer:
        for name, value in answer.cookies:
            if value in ("", '""'):
                self.person.cookies.pop(name, None)
            else:
                self.person.cookies[name] = value
        return answer

    async def open(self, step: str, path: str) -> Answer:
        """Open a page; raises :class:`Unexpected` if it does not come."""
        return _page(step, self._keep(await self.place.get(step, path, self._cookie())))

    async def send(self, step: str, form: Form, path: str, **own: str) -> Answer:
        """Send a form of the page at ``path``; whatever comes back, a page or the way to one."""
        answer = await self.place.post(step, form.action or path, form.filled(**own), self._cookie())
        return self._keep(answer)

    async def tell(self, step: str, path: str, form: Form, **own: str) -> Answer:
        """What the page's script sends by itself."""
        body = form.filled(**own)
        return self._keep(await self.place.post(step, path, body, self._cookie(), script=True))

    async def follow(self, step: str, answer: Answer) -> Answer:
        """The page that an answer leads to; a page itself is the page."""
        if answer.status not in MOVED:
            return _page(step, answer)
        return await self.open(step, answer.location)


def _page(step: str, answer: Answer) -> Answer:
    if answer.status == OK:
        return answer
    if answer.status in TURNED_AWAY:
        raise Unexpected(step, f"turned away ({answer.status})")
    where = f" to {answer.location}" if answer.status in MOVED else ""
    raise Unexpected(step, f"{answer.status}{where}")
