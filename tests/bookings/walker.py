"""A person who goes through the booking with a plain HTTP client."""

import re

from bs4 import BeautifulSoup
from django.test import Client

YOU = {"name": "Sam", "email": "sam@example.org", "contact_by": "email", "adult": "on"}


class Walker:
    def __init__(self, **extra):
        self.client = Client(**extra)

    def get(self, step, **query):
        return self.client.get(f"/book/{step}", query)

    def post(self, step, **answers):
        return self.client.post(f"/book/{step}", answers)

    def where(self, place="harley-street"):
        self.get("where/")
        return self.post("where/", where=place)

    def slots(self, **query):
        """The values of all times the page shows."""
        return re.findall(r'name="slot"\s+value="([^"]+)"', self.get("when/", **query).content.decode())[:-1]

    def when(self, slot=None):
        return self.post("when/", slot=slot or self.slots()[0])

    def you(self, **changes):
        return self.post("you/", **{**YOU, **changes})

    def to_check(self, place="harley-street", slot=None, **you):
        """Answers everything. The form counts as opened a minute ago, as it would be for a person."""
        self.where(place)
        self.when(slot)
        self.you(**you)
        self.opened_seconds_ago(60)
        return self

    def opened_seconds_ago(self, seconds):
        session = self.client.session
        session["booking"] = session["booking"] | {"opened_at": session["booking"]["opened_at"] - seconds}
        session.save()

    @property
    def token(self):
        return page(self.get("check/")).select_one("[name=token]")["value"]

    def send(self, token=None, **answers):
        return self.post("check/", token=token or self.token, **answers)

    def send_twice_with_another_name(self):
        """Sends, goes back in the browser, fills the form in anew and sends that."""
        token, answers = self.token, self.client.session["booking"]
        self.send(token)
        session = self.client.session
        session["booking"] = answers | {"you": answers["you"] | {"name": "Alex"}}
        session.save()
        return self.send()


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def problems(response):
    """The sentences of the error summary."""
    return [li.get_text() for li in page(response).select(".error-summary li")]


def words(response):
    return " ".join(page(response).main.get_text(" ").split())
