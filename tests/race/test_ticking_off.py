"""Two of staff who press one button at the same moment, over real connections: it is done once, and the second is told by whom."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client
from django.urls import reverse

from bookings.models import Enquiry, Event, Notice
from bookings.queries.versions import version_of
from services.clinic.uk_time import clock
from tests.bookings.conftest import make_clinic, make_harley_street
from tests.bookings.desk import PHONE, said
from tests.bookings.factories import request
from tests.race.verbs import NOW

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 10


@pytest.fixture
def desks():
    """Two of staff, each signed in."""
    make_clinic()
    make_harley_street()
    found = []
    for first, last in (("Priya", "Nair"), ("Tom", "Webb")):
        client = Client()
        client.force_login(get_user_model().objects.create_superuser(first.lower(), first_name=first, last_name=last))
        found.append(client)
    return found


def both(desks, url, data):
    """What each of them reads after both have pressed at one moment."""
    start, answers = threading.Barrier(2), {}

    def press(number, desk):
        try:
            start.wait(20)
            answers[number] = said(desk.post(url, data, follow=True))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=each) for each in enumerate(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[0], answers[1]]


@pytest.mark.parametrize("button", ["board", "request"])
def test_a_call_is_ticked_off_once_and_the_second_is_told_by_whom(desks, button):
    for _ in range(ROUNDS):
        enquiry = request(now=NOW, **PHONE | {"email": ""})
        notice = Notice.objects.get(event__enquiry=enquiry)
        names = {"board": ("from_board", notice.pk), "request": ("notice", enquiry.pk, notice.pk)}
        name, *keys = names[button]
        url = reverse(f"admin:bookings_enquiry_{name}", args=[*keys, "told"])
        answers = both(desks, url, {"seen": str(version_of(enquiry))})
        told = Event.objects.get(enquiry=enquiry, note="Told by phone")
        first = told.user.get_full_name()
        second = f"A colleague was faster: Told by phone ({first}, {clock(told.at)} today). It is ticked off once."
        assert sorted(line for lines in answers for line in lines) == sorted(["Ticked off: the person has been told.", second])
        Enquiry.objects.all().delete()


def test_a_request_is_declined_once_and_the_second_is_told_by_whom(desks):
    for _ in range(ROUNDS):
        enquiry = request(now=NOW)
        url = reverse("admin:bookings_enquiry_decline", args=[enquiry.pk])
        answers = both(desks, url, {"seen": str(version_of(enquiry)), "reason": "no_capacity"})
        declined = Event.objects.get(enquiry=enquiry, to_status="declined")
        second = (
            f"A colleague was faster. This request is “Declined” now ({declined.user.get_full_name()}, {clock(declined.at)} today), "
            "so this step is no longer open."
        )
        assert sorted(line for lines in answers for line in lines) == sorted(["The request is declined. Its time is free again.", second])
        assert Notice.objects.filter(event__enquiry=enquiry, kind="declined").count() == 1
        Enquiry.objects.all().delete()
