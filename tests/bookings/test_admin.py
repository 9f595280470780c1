"""What reception sees and does in admin."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from bookings import actions
from bookings.models import Enquiry, Notice
from services.models import Closure
from tests.bookings.factories import request
from tests.bookings.walker import Walker


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def asked(harley_street):
    """A request for a time that is free when the test runs."""
    Walker().to_check().send()
    return Enquiry.objects.get()


def at(name, *args):
    return reverse(f"admin:bookings_enquiry_{name}", args=args)


def listed(response):
    return [cell.get_text() for cell in BeautifulSoup(response.content, "html.parser").select("#result_list .field-number")]


def buttons(response):
    return [button.get_text() for button in BeautifulSoup(response.content, "html.parser").select(".request-buttons .button")]


def said(response):
    return [item.get_text() for item in BeautifulSoup(response.content, "html.parser").select(".messagelist li")]


@pytest.mark.parametrize("find", ["name", "reference", "email_key"])
def test_a_request_is_found_by(desk, clinic, now, find):
    enquiry = request(now=now)
    request(now=now, name="Alex", email="alex@example.net")
    assert listed(desk.get(at("changelist"), {"q": getattr(enquiry, find)})) == [enquiry.reference]


def test_a_state_cannot_be_set_by_hand(desk, asked):
    desk.post(at("change", asked.pk), {"status": "confirmed", "name": "Other"})
    asked.refresh_from_db()
    assert (asked.status, asked.name) == ("new", "Sam")
    assert not BeautifulSoup(desk.get(at("change", asked.pk)).content, "html.parser").select("#content select, #content input[type=text]")


def test_nobody_adds_or_deletes_a_request_here(desk, asked):
    assert desk.get(at("add")).status_code == 403
    assert desk.post(at("delete", asked.pk), {"post": "yes"}).status_code == 403


def test_confirming_asks_for_the_address_the_clinic_has_not_given_yet(desk, asked):
    assert buttons(desk.get(at("change", asked.pk))) == ["Confirm this time", "Decline"]
    ask = at("confirm", asked.pk)
    assert b"There is no address for this place yet" in desk.get(ask).content
    assert b"This field is required" in desk.post(ask, {"address": ""}).content
    done = desk.post(ask, {"address": "1 Any Street"}, follow=True)
    assert said(done) == ["The time is confirmed. The person is told."]
    asked.refresh_from_db()
    assert (asked.status, asked.location.address) == ("confirmed", "1 Any Street")
    assert buttons(done) == []


def test_opening_the_question_confirms_nothing(desk, asked):
    desk.get(at("confirm", asked.pk))
    desk.get(at("rescue", asked.pk))
    asked.refresh_from_db()
    assert asked.status == "new"


def test_declining_needs_a_reason_and_says_what_it_does(desk, asked):
    ask = at("decline", asked.pk)
    assert b"The time becomes free for others." in desk.get(ask).content
    desk.post(ask, {})
    asked.refresh_from_db()
    assert asked.status == "new"
    assert said(desk.post(ask, {"reason": "no_capacity"}, follow=True)) == ["The request is declined. Its time is free again."]
    asked.refresh_from_db()
    assert asked.status == "declined"


def test_a_step_that_is_no_longer_open_says_so(desk, asked):
    desk.post(at("decline", asked.pk), {"reason": "spam"}, follow=True)
    late = desk.post(at("confirm", asked.pk), {"address": "1 Any Street"}, follow=True)
    assert said(late) == ["This request is “Declined” now, so this step is no longer open."]


def test_a_closure_in_the_way_is_said_in_a_sentence(desk, asked):
    day = asked.starts_at.date()
    Closure.objects.create(reason="Flood", first_day=day, last_day=day)
    late = desk.post(at("confirm", asked.pk), {"address": "1 Any Street"}, follow=True)
    assert said(late) == ["This time has passed, or a closure or the rota no longer has room for it. Nothing was changed."]


def test_a_confirmed_online_meeting_still_gets_its_video_link(desk, online, thursday_ten, now, staff):
    enquiry = actions.confirm(request(online, thursday_ten, now=now), user=staff, now=now)
    assert buttons(desk.get(at("change", enquiry.pk))) == ["Send the video link"]
    desk.post(at("video", enquiry.pk), {"video_link": "https://video.example.org/x"})
    assert buttons(desk.get(at("change", enquiry.pk))) == []


def test_what_the_person_said_when_cancelling_is_shown(desk, clinic, now):
    enquiry = actions.cancel(request(now=now), now=now, reason="I feel better")
    assert "I feel better" in desk.get(at("change", enquiry.pk)).content.decode()


def test_suspected_spam_is_rescued_with_one_button(desk, clinic, now):
    spam = request(now=now, suspect=True)
    assert buttons(desk.get(at("change", spam.pk))) == ["Not spam", "Decline"]
    desk.post(at("rescue", spam.pk))
    spam.refresh_from_db()
    assert spam.status == "new"


def test_someone_without_an_email_is_told_by_phone_with_the_words_at_hand(desk, clinic, now):
    enquiry = request(now=now, email="", contact_by="call", phone="+447700900982", phone_typed="07700 900 982")
    shown = desk.get(at("change", enquiry.pk)).content.decode()
    assert "Words to say" in shown
    assert "It is not confirmed yet." in shown
    desk.post(at("notice", enquiry.pk, Notice.objects.get().pk, "told"))
    assert Notice.objects.get().status == "sent"


def test_how_to_contact_safely_stands_in_plain_view(desk, clinic, now):
    enquiry = request(now=now, contact_by="call", phone="+447700900982", phone_typed="07700 900 982", message_safety="none")
    assert "Leave no message" in desk.get(at("change", enquiry.pk)).content.decode()


def test_a_link_to_an_earlier_request_of_the_same_person(desk, clinic, now):
    first, second = request(now=now), request(now=now)
    assert f'Possible duplicate of <a href="{at("change", first.pk)}">' in desk.get(at("change", second.pk)).content.decode()


def test_someone_who_may_only_look_gets_no_buttons(client, asked):
    user = get_user_model().objects.create_user("looker", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_enquiry"))
    client.force_login(user)
    assert buttons(client.get(at("change", asked.pk))) == []
    assert client.post(at("confirm", asked.pk), {"address": "x"}).status_code == 403


def test_an_unknown_request_is_not_an_error(desk, clinic):
    assert desk.get(at("confirm", 99)).status_code == 404
    assert desk.get(at("change", 99), follow=True).status_code == 200


def test_a_hostile_name_is_shown_as_text(desk, clinic, now):
    enquiry = request(now=now, name="<img src=x onerror=alert(1)>")
    for url in (at("changelist"), at("change", enquiry.pk)):
        assert "<img src=x" not in desk.get(url).content.decode()


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
