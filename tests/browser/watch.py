"""Notices what a person would not: errors on the console, refusals by the content security policy, requests to strangers."""

from playwright.sync_api import BrowserContext

from tests import chromium

TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error(`refused by ${event.violatedDirective}: ${event.blockedURI}`));
"""
CLOCK_REFUSED = "error: Blocked script execution in "  # that of the clock, in a frame that lets no script run
BAD_ANSWER = "Failed to load resource: the server responded with a status of "


class Watch:
    def __init__(self, context: BrowserContext, site: str):
        self.site = site
        self.expected: set[int] = set()  # statuses of pages that the test means to see
        self.blocked = ""  # the end of addresses that the test itself blocks
        self.found: list[str] = []
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.found.append(f"uncaught: {error.error}"))
        context.on("request", self._request)

    def _console(self, message):
        if message.type in {"error", "warning"}:
            self.found.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _request(self, request):
        if not request.url.startswith((f"{self.site}/", "data:")):
            self.found.append(f"request to {request.url}")

    def problems(self) -> list[str]:
        meant = tuple(f"error: {BAD_ANSWER}{status}" for status in self.expected)
        if chromium.is_at_another_time():
            meant += (CLOCK_REFUSED,)
        return [text for text in self.found if not text.startswith(meant) and not (self.blocked and f"{self.blocked})" in text)]
