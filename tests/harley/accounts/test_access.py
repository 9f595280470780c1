"""Every address of the site, for strangers, for accounts that are shut, and for each role: nobody reaches more than the tables say.

The admin's addresses by role stand in test_roles.py; here are all others, and whoever is not signed in.
"""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, get_resolver

from bookings.models import Enquiry
from harley.models import AuditEntry
from tests.harley.accounts.test_roles import EVERYONE, OPEN_TO_STRANGERS, PAGES, address, browser, clinic, member  # noqa: F401

OPEN = {  # to everyone, and the same for everyone
    "services": [
        "home", "therapies", "service", "locations", "location", "articles", "article", "page", "sitemap", "security_txt", "media", None,
    ],
    "bookings": ["start", "where", "when", "other", "you", "check", "clear"],
    "": ["healthz"],
}  # fmt: skip
BY_KEY = {
    "feed",
    "request",
    "accept",
    "none_suit",
    "calendar",
    "change",
    "cancel",
    "earlier",
    "forget",
    "delete",
    "again",
}  # in the address
BY_TOKEN = {"healthz_deep"}  # or from this machine


def routes(patterns=None, namespace=""):
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLPattern):
            yield namespace, one.name
        else:
            yield from routes(one.url_patterns, one.namespace or namespace)


def is_kept_out(answer) -> bool:
    """Whether it leads to the sign-in, or is the sign-in, for which what was typed waits."""
    return answer.get("Location", "").startswith("/admin/login/") or (answer.status_code == 403 and b'name="password"' in answer.content)


def state() -> dict[str, int]:
    """How many rows of each kind there are, but for what a sign-in that fails or a visit may write."""
    unasked = {"axes.AccessAttempt", "axes.AccessFailureLog", "sessions.Session", "harley.AuditEntry", "bookings.Hit", "bookings.Job"}
    return {model._meta.label: model._default_manager.count() for model in apps.get_models() if model._meta.label not in unasked}


def test_every_address_of_the_site_is_in_a_table():
    """Whoever adds one says here, or in test_roles.py, who may open it."""
    found: dict[str, set] = {}
    for namespace, name in routes():
        found.setdefault(namespace, set()).add(name)
    assert found.pop("admin") == set(PAGES) | OPEN_TO_STRANGERS | {None}
    assert found.pop("services") == set(OPEN["services"])
    assert found.pop("bookings") == set(OPEN["bookings"]) | BY_KEY
    assert found == {"": set(OPEN[""]) | BY_TOKEN}


@pytest.mark.same_everywhere
@pytest.mark.parametrize("who", ["nobody", "shut", "no staff"])
def test_whoever_is_not_signed_in_is_led_to_the_sign_in_from_every_page_of_the_admin(clinic, who):  # noqa: F811
    client = Client()
    if who != "nobody":
        user = get_user_model().objects.create_user(who, is_staff=who == "shut")
        user.groups.set(Group.objects.filter(name__in=EVERYONE))
        client.force_login(user)
        get_user_model().objects.filter(pk=user.pk).update(is_active=who != "shut")
    before, wrong = state(), []
    for name in PAGES:
        url = address(name)
        answers = [client.get(url), client.post(url, {"action": "x"}), *([client.put(url)] if who == "nobody" else [])]
        wrong += [(name, answer.status_code) for answer in answers if not is_kept_out(answer) and name != "view_on_site"]  # 404 to everyone
    assert wrong == []
    assert state() == before


@pytest.mark.same_everywhere
@pytest.mark.parametrize("role", ["Manager", "nobody"])
def test_a_wrong_key_opens_nothing_to_anybody(clinic, role):  # noqa: F811
    enquiry = Enquiry.objects.get()
    key = enquiry.key
    client = Client() if role == "nobody" else browser(member(role))
    wrong_keys = (key[:-1] + ("a" if key[-1] != "a" else "b"), key.upper(), key[:8], "x" * 40)
    before, wrong = state(), []
    for wrong_key in wrong_keys:
        for name in BY_KEY - {"feed"}:
            path = f"/request/{wrong_key}/" + {"request": "", "none_suit": "accept/none/"}.get(name, f"{name}/")
            answers = client.get(path), client.post(path, {"yes": "on"})
            told = [answer.content.decode() for answer in answers]
            wrong += [
                path
                for answer, text in zip(answers, told, strict=True)
                if answer.status_code not in {404, 405} or enquiry.reference in text
            ]
        if client.get(f"/diary/{wrong_key}.ics").status_code != 404:
            wrong.append(("feed", wrong_key))
    assert wrong == []
    assert state() == before
    assert not AuditEntry.objects.filter(kind="role_given").exists()


@pytest.mark.same_everywhere
@pytest.mark.parametrize("role", EVERYONE)
def test_the_staff_change_nothing_by_opening_a_page(clinic, role):  # noqa: F811
    client = browser(member(role))
    before = state()
    for name in PAGES.keys() - {"bookings_statistics", "bookings_person"}:  # a file and one person's data, which are recorded
        client.get(address(name))
    after = state()
    after["harley.Look"] = before["harley.Look"]  # which is what the access log is for
    assert after == before
