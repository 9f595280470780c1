"""The journey, page by page, and every wrong step with its sentence."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bookings.models import Enquiry, Hold, Notice
from services.clinic.clinic import Clinic
from services.clinic.uk_time import clock
from services.models import Closure
from tests.bookings.walker import Walker, page, problems, words
from tests.slots import offer_of

TAKEN = "Sorry, that time has just been requested by someone else. These are the closest times."
GONE = "That time is no longer available"


@pytest.fixture
def walker(harley_street, online):
    return Walker()


def test_the_whole_way(walker):
    assert walker.where().url == "/book/when/"
    slot = walker.slots()[0]
    assert walker.when(slot).url == "/book/you/"
    assert walker.you().url == "/book/check/"
    walker.opened_seconds_ago(60)
    sent = walker.send(earlier="on")
    enquiry = Enquiry.objects.get()
    assert (sent.status_code, sent.headers["Location"]) == (303, enquiry.get_absolute_url())
    assert (enquiry.name, enquiry.email, enquiry.wants_earlier, enquiry.message_safety) == ("Sam", "sam@example.org", True, "none")
    assert enquiry.location.slug == "harley-street"
    assert enquiry.holds.get().starts_at == enquiry.starts_at
    assert Notice.objects.get().kind == "received"
    status = words(walker.client.get(enquiry.get_absolute_url()))
    assert f"Your reference is {enquiry.reference}" in status
    assert "not confirmed yet" in status
    assert "The time we hold for you" in status


def test_no_request_and_no_hold_before_send(walker):
    walker.to_check()
    assert not Enquiry.objects.exists()
    assert not Hold.objects.exists()


def test_answers_are_gone_once_sent(walker):
    walker.to_check().send()
    assert "booking" not in walker.client.session


def test_a_deep_link_preselects_a_place_and_claims_nothing(walker):
    chosen = page(walker.get("where/", at="online")).select("input[name=where][checked]")
    assert [radio["value"] for radio in chosen] == ["online"]
    assert page(Walker().get("where/", at="<script>")).select("input[name=where][checked]") == []


def test_each_place_shows_its_next_free_time(walker):
    hints = [hint.get_text() for hint in page(walker.get("where/")).select(".choice .hint")]
    assert len(hints) == 3
    assert all("Next free time: " in hint for hint in hints[:2])


def test_no_place(walker):
    response = walker.post("where/")
    assert response.status_code == 200
    assert problems(response) == ["Choose where you would like to meet"]
    assert page(response).title.get_text().startswith("Error: ")


def test_an_unknown_place(walker):
    assert problems(walker.post("where/", where="the-moon")) == ["Choose where you would like to meet"]


def test_no_time(walker):
    walker.where()
    assert problems(walker.post("when/")) == ["Choose a time, or choose “None of these times suit me”"]


@pytest.mark.parametrize(
    "slot",
    [
        "nonsense",
        "harley-street.",
        "the-moon.202611250900",
        "harley-street.999999999999",
        "harley-street.199901010900",
        "harley-street.000101020000",
        "harley-street.999912310000",
    ],
)
def test_a_tampered_time(walker, slot):
    walker.where()
    response = walker.post("when/", slot=slot)
    assert (response.status_code, problems(response)) == (200, [GONE])


def test_a_time_taken_while_choosing(walker):
    walker.where()
    slot = walker.slots()[0]
    Walker().to_check(slot=slot).send()
    response = walker.when(slot)
    assert (response.status_code, problems(response)) == (409, [TAKEN])
    assert slot not in [radio["value"] for radio in page(response).select("[name=slot]")]


def test_a_time_taken_before_sending_keeps_all_answers(walker):
    slot = walker.to_check(message="I use a wheelchair.").client.session["booking"]["slot"]
    Walker().to_check(slot=slot, email="other@example.org").send()
    response = walker.send()
    assert (response.status_code, problems(response)) == (409, [TAKEN])
    near = [radio["value"] for radio in page(response).select(".slot-near [name=slot]")]
    assert len(near) == 6
    assert walker.when(near[0]).url == "/book/check/"
    assert walker.send().status_code == 303
    assert Enquiry.objects.get(email="sam@example.org").message == "I use a wheelchair."


def test_a_time_a_closure_took_before_sending(walker, harley_street):
    walker.to_check()
    start = datetime.now(UTC).date()
    Closure.objects.create(reason="Flood", first_day=start, last_day=start + timedelta(days=6))
    response = walker.send()
    assert (response.status_code, problems(response)) == (200, [GONE])
    assert not Enquiry.objects.exists()


def test_i_do_not_mind_shows_every_place_by_name(walker):
    walker.where("any")
    assert {slot.split(".")[0] for slot in walker.slots()} == {"harley-street", "online"}


def test_a_time_names_its_own_place_whichever_was_chosen_last_in_another_tab(walker):
    walker.where("online")
    slot = walker.slots()[0]
    walker.where("harley-street")
    assert walker.when(slot).url == "/book/you/"
    walker.you()
    assert walker.client.session["booking"]["where"] == "online"
    assert words(walker.get("check/")).count("Where Online Change") == 1
    assert {each.split(".")[0] for each in walker.slots()} == {"online"}
    walker.opened_seconds_ago(60)
    walker.send()
    assert Enquiry.objects.get().location.slug == "online"
    assert Hold.objects.get().location.slug == "online"


def test_a_time_of_one_place_is_taken_from_who_then_did_not_mind(walker):
    walker.where("online")
    slot = walker.slots()[0]
    walker.where("any")
    walker.when(slot)
    assert walker.you().url == "/book/check/"
    assert walker.client.session["booking"]["where"] == "any"
    assert words(walker.get("check/")).count("Where Online Change") == 1


def test_a_time_lost_in_one_tab_is_replaced_by_those_of_its_place(walker):
    walker.where("online")
    slot = walker.slots()[0]
    Walker().to_check("online", slot=slot).send()
    walker.where("harley-street")
    response = walker.when(slot)
    assert (response.status_code, problems(response)) == (409, [TAKEN])
    assert {radio["value"].split(".")[0] for radio in page(response).select(".slot-near [name=slot]")} == {"online"}


def test_changing_the_place_drops_a_time_that_belongs_to_another(walker):
    walker.to_check()
    assert walker.where("online").url == "/book/when/"


def test_a_change_returns_straight_to_check(walker):
    walker.to_check()
    assert walker.you(name="Alex").url == "/book/check/"
    assert walker.when(walker.slots()[1]).url == "/book/check/"


def test_times_come_14_days_at_a_time_and_end_after_8_weeks(walker):
    walker.where()
    shown, link, pages = [], "", 0
    while True:
        soup = page(walker.client.get(f"/book/when/{link}"))
        pages += 1
        shown += [radio["value"] for radio in soup.select(".slot-day [name=slot]")]
        later = [a for a in soup.select(".week nav a") if "Later" in a.get_text()]
        if not later:
            break
        link = later[0]["href"].removeprefix("/book/when/")
    assert pages == 4
    assert len(shown) == len(set(shown))
    assert 55 * 3 <= len(shown) <= 57 * 3


def test_the_filters_leave_what_they_name(walker, harley_street):
    harley_street.consultation_hours.update(closes="20:00")
    walker.where()
    assert {int(slot[-4:-2]) for slot in walker.slots(part="evening")} <= set(range(15, 20))  # UTC
    assert {datetime.strptime(slot[-12:-4], "%Y%m%d").weekday() for slot in walker.slots(days="weekend")} == {5, 6}  # noqa: DTZ007


def test_none_of_these_times_still_makes_a_request(walker):
    walker.where()
    assert walker.post("when/", slot="none").url == "/book/when/other/"
    assert problems(walker.post("when/other/")) == ["Choose at least one part of the week"]
    assert walker.post("when/other/", preferred=["weekends", "weekday_evenings"]).url == "/book/you/"
    walker.you()
    walker.opened_seconds_ago(60)
    walker.send()
    enquiry = Enquiry.objects.get()
    assert (enquiry.starts_at, enquiry.preferred_times, enquiry.location.slug) == (None, ["weekends", "weekday_evenings"], "harley-street")


def test_a_place_without_free_times_opens_at_the_other_form_with_the_phone_number(walker, harley_street):
    harley_street.consultation_hours.all().delete()
    walker.where()
    response = walker.client.get("/book/when/", follow=True)
    assert response.redirect_chain == [("/book/when/other/", 302)]
    assert "There is no free time at Harley Street in the next 8 weeks." in words(response)
    assert "0345 474 1724" in words(response)


def test_wrong_details_keep_everything_typed(walker):
    walker.where()
    walker.when()
    response = walker.you(email="sam@", message="x" * 501, name="<b>Sam</b>")
    assert response.status_code == 200
    assert len(problems(response)) == 2
    soup = page(response)
    assert soup.select_one("#id_name")["value"] == "<b>Sam</b>"
    assert soup.select_one("#id_message").get_text().strip() == "x" * 501


def test_a_slip_in_the_email_is_asked_about_and_does_not_block(walker):
    walker.to_check(email="sam@gmial.com")
    assert "Did you mean gmail.com?" in words(walker.get("check/"))
    assert walker.send().status_code == 303


def test_sending_twice_makes_one_request(walker):
    token = walker.to_check().token
    first, second, third = walker.send(token), walker.send(token), walker.send(token)
    assert {r.status_code for r in (first, second, third)} == {303}
    assert len({r.headers["Location"] for r in (first, second, third)}) == 1
    assert (Enquiry.objects.count(), Notice.objects.count()) == (1, 1)


def test_other_answers_under_the_same_form_are_not_silently_ignored(walker):
    token = walker.to_check().token
    answers = walker.client.session["booking"]
    walker.send(token)
    session = walker.client.session
    session["booking"] = answers | {"you": answers["you"] | {"name": "Alex"}}
    session.save()
    response = walker.send()  # the same form, filled in anew
    assert response.status_code == 409
    assert "You have already sent this request. Change the time below." in words(response)
    assert Enquiry.objects.get().name == "Sam"


def test_answers_changed_in_another_tab_are_shown_before_they_are_sent(walker):
    token = walker.to_check().token
    walker.you(name="Alex")
    assert problems(walker.send(token)) == ["Please check and send again"]
    assert not Enquiry.objects.exists()
    assert walker.send().status_code == 303


def test_an_old_tab_leaves_a_new_booking_alone(walker):
    token = walker.to_check().token
    sent = walker.send(token)
    walker.to_check(name="Second")
    assert walker.send(token).headers["Location"] == sent.headers["Location"]
    assert walker.client.session["booking"]["you"]["name"] == "Second"


def test_going_back_after_sending_leads_to_the_request(walker):
    sent = walker.to_check().send()
    for step in ("when/", "you/", "check/"):
        assert walker.get(step).url == sent.headers["Location"]
    walker.where()
    assert walker.get("when/").status_code == 200


def test_a_place_renamed_between_two_steps_is_asked_for_again(walker, harley_street):
    walker.to_check()
    harley_street.slug = "harley"
    harley_street.save()
    assert walker.get("you/").status_code == 200
    assert walker.get("check/").url == "/book/where/"
    assert walker.post("check/", token="x").url == "/book/where/"


def test_the_last_free_time_lost_is_said_where_one_goes_on(walker, harley_street):
    slot = walker.to_check().client.session["booking"]["slot"]
    Walker().to_check(slot=slot, email="other@example.org").send()
    taken = timezone.localtime(Enquiry.objects.get().starts_at)
    harley_street.consultation_hours.exclude(weekday=taken.weekday()).delete()
    harley_street.consultation_hours.update(opens=taken.time(), closes=(taken + timedelta(hours=1)).time())
    first = taken.date() + timedelta(days=1)
    Closure.objects.create(reason="Away", location=harley_street, first_day=first, last_day=first + timedelta(days=90))
    response = walker.send()
    assert (response.status_code, problems(response)) == (409, [TAKEN])
    assert "There is no free time at Harley Street" in words(response)


def test_a_closure_without_an_end_slows_no_page(walker):
    first = datetime.now(UTC).date() + timedelta(days=20)
    Closure.objects.create(reason="For good", first_day=first, last_day=first.replace(year=9999, day=1))
    assert len(Clinic(datetime.now(UTC)).hours.exceptions) < 500
    walker.where()
    assert walker.get("when/").status_code == 200


def test_too_fast_asks_to_send_again(walker):
    walker.where()
    walker.when()
    walker.you()
    response = walker.send()
    assert (response.status_code, problems(response)) == (200, ["Please check and send again"])
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("token", ["", "forged", "x:y:z"])
def test_a_forged_token_asks_to_send_again(walker, token):
    response = walker.to_check().post("check/", token=token)
    assert (response.status_code, problems(response)) == (200, ["Please check and send again"])


def test_a_filled_honeypot_looks_the_same_and_is_kept_apart(walker):
    response = walker.to_check(website="https://spam.example").send()
    enquiry = Enquiry.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, enquiry.get_absolute_url())
    assert enquiry.status == "suspected_spam"
    assert not Hold.objects.exists()
    assert not Notice.objects.exists()
    assert "We have your request" in words(walker.client.get(enquiry.get_absolute_url()))


def test_the_31st_request_of_an_hour_from_one_address_is_asked_to_wait(walker):
    for n in range(30):
        Walker().to_check(slot=None, email=f"{n}@example.org", website="x").send()
    response = walker.to_check().send()
    assert response.status_code == 429
    assert "0345 474 1724" in words(response)
    again = timezone.now() + timedelta(seconds=int(response["Retry-After"]))
    assert f"you can send them again from {clock(again)} " in words(response)
    assert again.minute == 0
    assert Walker(REMOTE_ADDR="198.51.100.7").to_check().send().status_code == 303


def test_a_request_from_another_port_comes_from_the_same_address(rota, settings):
    settings.TRUSTED_PROXIES = 1
    for n in range(30):
        Walker(HTTP_X_FORWARDED_FOR=f"203.0.113.9:{41000 + n}").to_check(slot=None, email=f"{n}@example.org", website="x").send()
    assert Walker(HTTP_X_FORWARDED_FOR="203.0.113.9:50000").to_check().send().status_code == 429
    assert Walker(HTTP_X_FORWARDED_FOR="203.0.113.10:41000").to_check().send().status_code == 303


def test_a_known_email_gets_the_same_screen(walker):
    first = Walker().to_check().send()
    second = walker.to_check().send()
    one, two = (words(walker.client.get(r.headers["Location"])) for r in (first, second))
    assert len(one.split()) == len(two.split())
    assert Enquiry.objects.latest("pk").possible_duplicate_of == Enquiry.objects.earliest("pk")


def test_without_answers_there_is_a_way_on_instead_of_an_error(walker):
    for step in ("when/", "when/other/", "you/", "check/"):
        assert "Your answers are gone" in words(walker.get(step))
    assert "Your answers are gone" in words(walker.post("check/"))


def test_clearing_answers_asks_first_and_needs_a_post(walker):
    walker.to_check()
    walker.get("clear/")
    assert walker.client.session["booking"]
    assert "Your answers are cleared" in words(walker.post("clear/"))
    assert "booking" not in walker.client.session


def test_a_post_without_its_csrf_token_gets_a_page_with_a_way_on(harley_street):
    response = Client(enforce_csrf_checks=True).post("/book/where/", {"where": "harley-street"})
    assert response.status_code == 403
    assert "0345 474 1724" in words(response)


@pytest.mark.parametrize("key", ["x", "", "a" * 40, "é", "../admin"])
def test_a_wrong_link_and_a_guess_look_the_same(walker, key):
    enquiry = _sent(walker)
    for wrong in (key, enquiry.key[:-1] + ("A" if enquiry.key[-1] != "A" else "B"), enquiry.key[:8]):
        response = walker.client.get(f"/request/{wrong}/") if wrong else walker.client.get("/request//")
        assert response.status_code == 404


def test_a_wrong_link_says_how_to_go_on(walker):
    assert "This link doesn’t work any more" in words(walker.client.get("/request/wrong/"))


def test_html_is_shown_as_text_and_control_characters_are_gone(walker):
    walker.to_check(name="<script>alert(1)</script>\x00\x07", message="one\x00two")
    assert "<script>alert" not in walker.get("check/").content.decode()
    walker.send()
    enquiry = Enquiry.objects.get()
    assert (enquiry.name, enquiry.message) == ("<script>alert(1)</script>", "onetwo")


def test_emoji_and_right_to_left_text_are_kept_as_typed(walker):
    walker.to_check(name="שרה 🙂", message="مرحبا").send()
    assert (Enquiry.objects.get().name, Enquiry.objects.get().message) == ("שרה 🙂", "مرحبا")


def test_nothing_of_the_booking_is_stored_by_caches_or_indexed(walker):
    enquiry = _sent(walker)
    for url in ("/book/", "/book/where/", "/book/clear/", enquiry.get_absolute_url(), "/request/wrong/"):
        response = walker.client.get(url)
        assert (response["Cache-Control"], response["X-Robots-Tag"], response["Referrer-Policy"]) == ("no-store", "noindex", "same-origin")


def test_opening_a_link_changes_nothing(walker):
    enquiry = _sent(walker)
    before = list(Enquiry.objects.values())
    walker.client.get(enquiry.get_absolute_url())
    assert walker.client.post(enquiry.get_absolute_url()).status_code == 405
    assert list(Enquiry.objects.values()) == before


def _sent(walker):
    walker.to_check().send()
    return Enquiry.objects.get()


def test_the_times_come_compressed_and_what_a_person_typed_does_not(walker):
    """A page whose length tells nothing: no one has said yet who they are."""
    walker.to_check()
    asked = {
        step: walker.client.get(f"/book/{step}", headers={"Accept-Encoding": "gzip"}) for step in ("where/", "when/", "you/", "check/")
    }
    assert {step: answer.get("Content-Encoding") for step, answer in asked.items()} == {
        "where/": "gzip", "when/": "gzip", "you/": None, "check/": None,
    }  # fmt: skip
    assert len(asked["when/"].content) < 8 * 1024


def test_beside_the_details_stands_what_was_chosen_and_nothing_that_was_not(walker):
    def beside():
        return " ".join(page(walker.get("you/")).select_one(".answers").get_text(" ").split())

    walker.where()
    assert "Not chosen yet" in beside()
    walker.post("when/other/", preferred=["weekends"])
    assert "None of the times suit" in beside()
    walker.when()
    assert clock(offer_of(walker.client.session["booking"]["slot"]).starts_at) in beside()
