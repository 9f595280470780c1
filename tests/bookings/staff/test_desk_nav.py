"""The bar over every page of the staff: the way from any page to any other, and nothing one may not open."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse

ALL = ["Board", "Requests", "Waiting for a time", "Phone enquiry", "Diary"]
SEEN = {
    "Reception": ALL,
    "Practitioner": ["Diary"],
    "Content editor": ["Board"],
    "Manager": [*ALL, "Figures", "Export"],
}


@pytest.mark.parametrize(("role", "seen"), SEEN.items())
def test_each_role_sees_what_it_may_open(client, clinic, role, seen):
    user = get_user_model().objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    links = bar(client.get(reverse("admin:index"), follow=True))
    assert [link.get_text() for link in links] == seen
    assert [client.get(link["href"]).status_code for link in links] == [200] * len(links)


def test_it_says_where_one_is(client, clinic, staff):
    client.force_login(staff)
    for link in bar(client.get(reverse("admin:index"))):
        current = [each.get_text() for each in bar(client.get(link["href"])) if each.has_attr("aria-current")]
        assert current == [link.get_text()]


def test_nobody_sees_it_before_signing_in(client, db):
    assert bar(client.get(reverse("admin:login"))) == []


def bar(response):
    return BeautifulSoup(response.content, "html.parser").select(".desk-nav a")
