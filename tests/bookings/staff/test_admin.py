"""What reception sees and does in admin."""

from collections import Counter

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from bookings import actions
from bookings.models import Enquiry, Notice
from bookings.staff import EnquiryAdmin
from tests.bookings.desk import at, said
from tests.bookings.factories import request
from tests.bookings.walker import Walker


@pytest.fixture
def asked(harley_street):
    """A request for a time that is free when the test runs."""
    Walker().to_check().send()
    return Enquiry.objects.get()


def listed(response):
    return [cell.get_text() for cell in BeautifulSoup(response.content, "html.parser").select("#result_list .field-number")]


@pytest.mark.parametrize("find", ["name", "reference", "email_key"])
def test_a_request_is_found_by(desk, clinic, now, find):
    enquiry = request(now=now)
    request(now=now, name="Alex", email="alex@example.net")
    assert listed(desk.get(at("changelist"), {"q": getattr(enquiry, find)})) == [enquiry.reference]


def test_a_state_cannot_be_set_by_hand(desk, asked):
    desk.post(at("change", asked.pk), {"status": "confirmed", "name": "Other"})
    asked.refresh_from_db()
    assert (asked.status, asked.name) == ("new", "Sam")
    fields = BeautifulSoup(desk.get(at("change", asked.pk)).content, "html.parser").select("#content select, #content input[type=text]")
    assert [field["name"] for field in fields] == ["to"]


def test_nobody_deletes_a_request_here(desk, asked):
    assert desk.post(at("delete", asked.pk), {"post": "yes"}).status_code == 403


def test_strange_filters_do_not_end_in_a_server_error(desk, clinic):
    for query in ("id__in=" + "9" * 30, "location__id__exact=" + "9" * 30, "state=nonsense", "status__exact=%00"):
        assert desk.get(f"{at('changelist')}?{query}").status_code in {200, 302, 400}


def test_every_page_says_when_emails_do_not_go_out(desk, clinic, now):
    request(now=now)
    assert said(desk.get(at("changelist"))) == []
    Notice.objects.update(attempts=2)
    assert said(desk.get(at("changelist"))) == ["1 email still waits for the mail server. See which"]
    Notice.objects.update(status="failed")
    assert said(desk.get(at("changelist"))) == ["1 email could not be sent. See which"]
    actions.send_again(Notice.objects.get(), user=None, now=now)
    assert said(desk.get(at("changelist"))) == []


def test_every_model_of_this_app_has_a_list_that_opens(desk, harley_street):
    for model in ("consultationhours", "notice", "enquiry"):
        assert desk.get(reverse(f"admin:bookings_{model}_changelist")).status_code == 200
    assert desk.get(reverse("admin:services_closure_changelist")).status_code == 200


def test_the_parts_of_the_admin_of_requests_hide_nothing_of_each_other():
    """Each is a class of its own in one line of ancestors: a name that two of them have is the first one's, silently."""
    ours = [part for part in EnquiryAdmin.__mro__ if part.__module__.startswith("bookings.staff.") and part is not EnquiryAdmin]
    names = Counter(name for part in ours for name in vars(part) if not name.startswith("__"))
    assert {name for name, times in names.items() if times > 1} == {"get_urls"}  # which asks the next one
