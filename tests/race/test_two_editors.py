"""Many people save one row at the same moment: one is first, and every other is told."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client
from django.urls import reverse

from services.models import Article, Fact, Location, Service
from tests.depth import rounds
from tests.sent_forms import sent_of, typed

pytestmark = [pytest.mark.race, pytest.mark.row_locks, pytest.mark.django_db(transaction=True)]
EDITORS = 5
ROUNDS = rounds(deep=20, quick=3)


@pytest.fixture
def editors(content) -> list[Client]:
    clients = []
    for number in range(EDITORS):
        clients.append(Client())
        clients[-1].force_login(get_user_model().objects.create_superuser(f"editor{number}", first_name=f"Editor {number}"))
    return clients


def at_once(*acts) -> list[int]:
    """Return the status of each answer."""
    found, start = [], threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(20)
            found.append(act().status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def post(client, path, sent):
    return lambda: client.post(path, sent)


def test_of_many_who_save_one_page_one_is_first(editors):
    path = reverse("admin:services_article_change", args=[Article.objects.get().pk])
    for number in range(ROUNDS):
        forms = [typed(sent_of(each.get(path), "#article_form", "_save"), title=f"{number} of {one}") for one, each in enumerate(editors)]
        assert at_once(*(post(each, path, form) for each, form in zip(editors, forms, strict=True))) == [302] + [409] * (EDITORS - 1)
        assert Article.objects.get().title in {form["title"] for form in forms}


def test_parts_of_one_page_meet_as_its_words_do(editors):
    path, count = reverse("admin:services_service_change", args=[Service.objects.get().pk]), Fact.objects.count()
    new = {"facts-TOTAL_FORMS": str(count + 1), f"facts-{count}-value": "New", f"facts-{count}-order": "90"}
    changes = [{**new, f"facts-{count}-label": "Added"}, {"facts-0-value": "Changed"}, {"facts-0-DELETE": "on"}]
    forms = [typed(sent_of(each.get(path), "#service_form", "_save"), **change) for each, change in zip(editors, changes, strict=False)]
    assert at_once(*(post(each, path, form) for each, form in zip(editors, forms, strict=False))) == [302, 409, 409]


def test_a_list_and_a_form_of_one_of_its_rows_lose_nothing_to_each_other(editors):
    place, path = Location.objects.first(), reverse("admin:services_location_changelist")
    form = reverse("admin:services_location_change", args=[place.pk])
    for number in range(1, ROUNDS + 1):
        listed = typed(sent_of(editors[0].get(path), "#changelist-form", "_save"), **{"form-1-order": str(100 + number)})
        words = typed(sent_of(editors[1].get(form), "#location_form", "_save"), area=f"Words {number}")
        assert at_once(post(editors[0], path, listed), post(editors[1], form, words)) == [302, 302]
        place.refresh_from_db()
        assert place.area == f"Words {number}"
        assert Location.objects.filter(order=100 + number).exists()
        Location.objects.filter(order=100 + number).update(order=20)
