"""A person with a browser of their own: cookies, an address on the internet, and real requests to a running site."""

import html
import http.client
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

SLOWEST = 60  # seconds an answer may take at most; the site's own limits are far below
SHORTEST = 3.1  # seconds from opening the form to sending it: less looks like a program
SLOT = re.compile(r'name="slot"\s+value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def slots(self) -> list[str]:
        """The times on this page, without “None of these times suit me”."""
        return [slot for slot in SLOT.findall(self.text) if slot != "none"]

    @property
    def hidden(self) -> dict[str, str]:
        return {name: html.unescape(value) for name, value in HIDDEN.findall(self.text)}


@dataclass
class Visitor:
    site: str
    number: int
    cookies: dict[str, str] = field(default_factory=dict)
    last_page: dict[str, str] = field(default_factory=dict)  # hidden fields of the last page of the booking
    opened_at: float = 0
    says: dict[str, str] = field(default_factory=dict)  # about themselves, over what each says
    address: str = ""  # on the internet: the visitor's own unless given

    @property
    def you(self) -> dict[str, str]:
        return {
            "name": f"Visitor {self.number}",
            "email": f"visitor{self.number}@example.org",
            "contact_by": "email",
            "message": f"Is there a lift? ({self.number})",
            "adult": "on",
        } | self.says

    def ask(self, path: str, **answers: str) -> Answer:
        """GET, or with answers POST. Follows no redirect. Raises OSError or HTTPException where the connection breaks."""
        headers = {
            "X-Forwarded-For": self.address or f"198.18.{self.number // 250}.{self.number % 250 + 1}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        body = None
        if answers:
            body = urlencode({"csrfmiddlewaretoken": self.cookies["csrftoken"]} | answers)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=SLOWEST)
        try:
            connection.request("POST" if answers else "GET", path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, response.headers.get("Location", ""), text, dict(response.headers))

    def go(self, path: str, **answers: str) -> Answer:
        """As `ask`, for a step that leads on to the next page."""
        answer = self.ask(path, **answers)
        assert answer.status == 302, (path, answer.status)
        return answer

    def begin(self, place: str) -> "Visitor":
        """Opens the form and chooses a place."""
        assert self.ask("/book/where/").status == 200
        self.go("/book/where/", where=place)
        self.opened_at = time.monotonic()
        return self

    def free_times(self, place: str) -> list[str]:
        """Opens the form, chooses a place, and reads its times."""
        return self.begin(place).ask("/book/when/").slots

    def walk(self, place: str, slot: str) -> "Visitor":
        """Goes through the form to the last page, and stays there."""
        assert slot in self.free_times(place)
        return self.choose(slot)

    def choose(self, slot: str) -> "Visitor":
        assert self.go("/book/when/", slot=slot).location == "/book/you/"
        self.go("/book/you/", **self.you)
        return self.read_last_page()

    def read_last_page(self) -> "Visitor":
        page = self.ask("/book/check/")
        assert page.status == 200
        self.last_page = page.hidden
        assert set(self.last_page) == {"csrfmiddlewaretoken", "token"}
        return self

    def wait_like_a_person(self) -> None:
        time.sleep(max(0.0, self.opened_at + SHORTEST - time.monotonic()))

    def send(self) -> Answer:
        return self.ask("/book/check/", **self.last_page)
