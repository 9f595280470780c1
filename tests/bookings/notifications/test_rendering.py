"""What each kind of message says, in full: every word of the main ones, and what must hold for all of them."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from bookings import actions, notifications
from bookings.domain.policy import OFFERS_HELD_FOR
from bookings.models import Notice
from services.clinic.clinic import Clinic
from services.models import ClinicDetails
from tests import markup
from tests.bookings import letters
from tests.bookings.factories import request
from tests.bookings.letters import K, owe

GOLDEN = Path(__file__).parents[1] / "golden"
CLIENT = [kind for kind in K if Notice.is_to_client(kind)]
TELLING = re.compile(r"therap|\bDIT\b|depress|anxi|psycho|counsel|\bSam\b", re.IGNORECASE)
CLOSING = "The path by the park is dark in winter & <b>slippery</b>.\n\nWe are here until 10pm."
LARGEST = 30 * 1024  # bytes
SMALLEST = 14  # pixels
NAMES_FONT = re.compile(r"font-family: ?('Segoe UI'|Georgia).*font-size: ?\d\dpx", re.DOTALL)

pytestmark = [pytest.mark.same_everywhere, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.STAFF_EMAIL = settings.MANAGER_EMAIL = "reception@example.org"
    settings.SITE_URL = "https://www.clinic.test"


def words(notice, now):
    return notifications.render_notification(notice, now, Clinic(now))


def steady(text: str, notice) -> str:
    """What is random in it replaced by what is not."""
    enquiry = notice.event.enquiry
    return text.replace(enquiry.key, "KEY").replace(enquiry.reference, "HT-7K3P2").replace(f"enquiry/{enquiry.pk}/", "enquiry/1/")


@pytest.mark.parametrize("kind", [kind for kind in K if kind not in letters.ABOUT_A_DAY])
def test_every_word_of_every_message_about_a_request(kind, harley_street, thursday_ten, now, staff):
    """The files in golden/ are read by people; whoever changes words changes them there, too."""
    notice = owe(kind, harley_street, thursday_ten, now, staff)
    said = words(notice, now)
    text = f"Subject: {said.subject}\n\n{said.text}" + "".join(
        f"\n——— {how} ———\n\n{aloud}\n" for how, aloud in (("by phone", said.spoken), ("by text message", said.short)) if aloud
    )
    assert steady(text, notice) == (GOLDEN / f"{kind}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["harley_street", "online"])
@pytest.mark.parametrize("kind", K)
def test_the_text_says_all_that_the_html_says(kind, place, thursday_ten, now, staff, request):
    letters.close_with("Goodbye.")
    ClinicDetails.objects.update(first_meeting_fee="£90, paid after the meeting.", cancellation_terms="Tell us a day before.\n\nThank you.")
    said = words(owe(kind, request.getfixturevalue(place), thursday_ten, now, staff), now)
    assert letters.missing_in_text(said) == []


@pytest.mark.parametrize("place", ["harley_street", "online"])
@pytest.mark.parametrize("kind", K)
def test_the_html_is_without_a_fault_small_and_asks_nobody_for_anything(kind, place, thursday_ten, now, staff, request):
    letters.close_with(CLOSING)
    html = words(owe(kind, request.getfixturevalue(place), thursday_ten, now, staff), now).html
    assert markup.faults(html.encode()) == []
    assert len(html.encode()) < LARGEST
    assert not re.search(r"<img|<script|<link|src=|url\(|@import|background=", html)


@pytest.mark.parametrize("kind", [kind for kind in K if kind not in letters.ABOUT_A_DAY])
def test_the_subject_holds_the_reference_by_which_an_email_that_comes_back_is_found(kind, harley_street, thursday_ten, now, staff):
    notice = owe(kind, harley_street, thursday_ten, now, staff)
    assert words(notice, now).subject.count(notice.event.enquiry.reference) == 1


@pytest.mark.parametrize("kind", K)
def test_a_glance_at_subject_and_sender_tells_nobody_anything(kind, harley_street, thursday_ten, now, staff):
    message = notifications.message_for(owe(kind, harley_street, thursday_ten, now, staff), now)
    assert not TELLING.search(message.subject + message.from_email)


@pytest.mark.parametrize("kind", K)
def test_what_shows_beside_the_subject_tells_nobody_anything(kind, harley_street, thursday_ten, now, staff):
    """Mail programs show the first words of an email in their list, and on a locked screen: 150 characters at most, wherever they stand."""
    page = BeautifulSoup(words(owe(kind, harley_street, thursday_ten, now, staff), now).html, "html.parser")
    first = " ".join(page.body.get_text(" ").split())[:200]
    sentence = first.replace("\u200c", "").strip()
    assert sentence == page.body.find("div").get_text().replace("\u200c", "").replace("\xa0", "").strip()
    assert not TELLING.search(sentence)
    assert len(sentence) in range(5, 150)


@pytest.mark.parametrize("kind", K)
def test_every_cell_and_heading_names_its_font_and_no_letter_is_tiny(kind, harley_street, thursday_ten, now, staff):
    """Word draws for Outlook, and nested tables inherit nothing there; to a filter of spam a font of one pixel hides something."""
    ClinicDetails.objects.update(first_meeting_fee="£90, paid after the meeting.", cancellation_terms="Tell us a day before.")
    page = BeautifulSoup(words(owe(kind, harley_street, thursday_ten, now, staff), now).html, "html.parser")
    cells = [cell for cell in page.select("td") if not cell.table and cell.get_text(strip=True)] + page.select("h1, h2")
    assert [str(cell)[:160] for cell in cells if not NAMES_FONT.search(cell["style"])] == []
    assert [size for size in re.findall(r"font-size: ?(\d+)px", str(page)) if int(size) < SMALLEST] == []


@pytest.mark.parametrize("kind", [kind for kind in K if kind not in CLIENT])
def test_what_goes_to_staff_names_nobody(kind, harley_street, thursday_ten, now, staff):
    details = {"name": "Ada Lovelace", "email": "ada@example.org", "phone": "+447700900982", "phone_typed": "07700 900982"}
    said = words(owe(kind, harley_street, thursday_ten, now, staff, message="a wheelchair", **details), now)
    everything = said.subject + said.text + said.html + said.spoken
    assert [word for word in ("Ada", "example.org", "7700", "wheelchair", "/request/") if word in everything] == []
    assert "https://www.clinic.test/admin/" in said.text


@pytest.mark.parametrize("kind", CLIENT)
def test_every_message_to_a_client_says_where_help_is(kind, harley_street, thursday_ten, now, staff):
    said = words(owe(kind, harley_street, thursday_ten, now, staff), now)
    for each in (said.text, said.spoken, BeautifulSoup(said.html, "html.parser").get_text()):
        assert "If you need help now" in each
        assert "Call 116 123, free, at any time." in each
        assert "e are not an emergency service" in each


@pytest.mark.parametrize("kind", CLIENT)
def test_the_closing_words_stand_at_the_end_and_only_as_text(kind, harley_street, thursday_ten, now, staff):
    letters.close_with(CLOSING)
    said = words(owe(kind, harley_street, thursday_ten, now, staff), now)
    assert CLOSING in said.text
    assert CLOSING in said.spoken
    assert "&amp; &lt;b&gt;slippery&lt;/b&gt;" in said.html
    assert said.text.index(CLOSING) > said.text.index("Hello Sam")
    assert said.html.index("slippery") < said.html.index("If you need help now")


@pytest.mark.parametrize("kind", ["offered", "waitlisted", "confirmed", "declined", "cancelled_clinic", "missed"])
def test_what_staff_added_for_one_person_stands_in_text_html_and_words_to_say(kind, harley_street, thursday_ten, now, staff):
    said = words(owe(kind, harley_street, thursday_ten, now, staff), now)
    assert letters.PARAGRAPH in said.text
    assert letters.PARAGRAPH in said.html
    assert letters.PARAGRAPH in said.spoken
    assert letters.PARAGRAPH in said.short


@pytest.mark.parametrize("kind", CLIENT)
def test_what_is_said_aloud_has_no_addresses_of_pages(kind, harley_street, thursday_ten, now, staff):
    spoken = words(owe(kind, harley_street, thursday_ten, now, staff), now).spoken
    assert "http" not in spoken
    assert "email" not in spoken
    assert "0345 474 1724" in spoken


def test_the_confirmation_states_fee_and_terms_once_the_clinic_has_entered_them(harley_street, thursday_ten, now, staff):
    ClinicDetails.objects.update(first_meeting_fee="£90, paid after the meeting.", cancellation_terms="Tell us a day before.")
    said = words(owe("confirmed", harley_street, thursday_ten, now, staff), now)
    for each in (said.text, said.html, said.spoken):
        assert "£90, paid after the meeting." in each
        assert "Tell us a day before." in each
        assert "before you agree" not in each


def test_names_are_escaped_in_html_alone(harley_street, thursday_ten, now):
    request(harley_street, thursday_ten, now=now, name="Zoë & <Sam>")
    said = words(Notice.objects.get(kind="received"), now)
    assert "Hello Zoë & <Sam>," in said.text
    assert "Hello Zoë &amp; &lt;Sam&gt;," in said.html


def test_times_on_offer_that_have_gone_are_not_named(harley_street, thursday_ten, now, staff):
    notice = owe("offered", harley_street, thursday_ten, now, staff)
    said = words(notice, now + OFFERS_HELD_FOR)
    assert "Friday 5 June" not in said.text
    assert "The times we kept for you have gone." in said.text


def test_who_has_an_appointment_keeps_it_while_choosing(harley_street, thursday_ten, now, staff):
    enquiry = owe("confirmed", harley_street, thursday_ten, now, staff).event.enquiry
    actions.offer_times(enquiry, letters.later(enquiry, 0), user=staff, now=now)
    said = words(Notice.objects.get(kind="offered"), now)
    assert "Your appointment on Thursday 4 June, 10am to 10:50am, stays yours until you choose another time." in said.text
    assert "We keep it for you until Thursday 4 June, midday." in said.text


def test_a_message_that_is_sent_again_says_what_it_said(harley_street, thursday_ten, now, staff):
    enquiry = owe("confirmed", harley_street, thursday_ten, now, staff).event.enquiry
    actions.change_time(enquiry, *letters.later(enquiry, 1), now=now)
    moved = Notice.objects.filter(kind="confirmed").latest("pk")
    before = words(moved, now)
    Notice.objects.update(status="sent", sent_at=now)
    again = actions.send_again(moved, user=staff, now=now)
    assert words(again, now) == before
    assert "Your appointment has moved to a new time" in before.text


def test_a_late_answer_is_not_promised_for_a_time_that_has_passed(harley_street, thursday_ten, now):
    request(harley_street, thursday_ten, now=now)
    said = words(Notice.objects.get(kind="received"), now + timedelta(days=1))
    assert "We are sorry: we should have answered by now. Please call us." in said.text
    assert "We answer" not in said.text


@pytest.mark.parametrize(
    ("came_from", "subject"),
    [
        ("new", "We are sorry that we did not answer"),
        ("proposed", "The times we kept for you have passed"),
        ("waitlisted", "About your request"),
    ],
)
def test_what_has_ended_by_the_clock_is_told_for_what_it_was(came_from, subject, harley_street, thursday_ten, now, staff):
    notice = owe("expired", harley_street, thursday_ten, now, staff)
    notice.event.from_status = came_from
    assert words(notice, now).subject == f"{subject} ({notice.event.enquiry.reference})"


def test_an_appointment_that_stays_after_times_on_offer_have_passed_is_not_called_new(harley_street, thursday_ten, now, staff):
    enquiry = owe("confirmed", harley_street, thursday_ten, now, staff).event.enquiry
    actions.offer_times(enquiry, letters.later(enquiry, 0), user=staff, now=now)
    actions.expire(enquiry, now=now + OFFERS_HELD_FOR)
    said = words(Notice.objects.filter(kind="confirmed").latest("pk"), now + OFFERS_HELD_FOR)
    assert "Nothing else has changed: the appointment you had is still confirmed." in said.text
    assert "When: Thursday 4 June, 10am to 10:50am, UK time" in said.text
