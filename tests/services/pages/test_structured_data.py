"""What pages tell search engines, read from the rendered page and held against one schema a type."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from services.models import BankHoliday, ClinicDetails, Closure, Location, OpeningHours, Person, PhoneNumber, Question, Service
from services.models import Page as PageRow
from services.pages import structured_data
from tests.services.found import paths

pytestmark = pytest.mark.same_everywhere

SITE = "http://127.0.0.1:8000"
DIT = "/therapies/dynamic-interpersonal-therapy/"
ARTICLE = "/articles/what-is-dynamic-interpersonal-therapy/"
SCHEMAS = {
    path.stem: Draft202012Validator(json.loads(path.read_text(encoding="utf-8")), format_checker=FormatChecker())
    for path in (Path(__file__).parents[1] / "schemas").glob("*.json")
}


def blocks(client, url) -> list[str]:
    page = BeautifulSoup(client.get(url).content, "html.parser")
    return [script.string for script in page.head("script", type="application/ld+json")]


def stated(client, url) -> dict[str, dict]:
    """The graph of the page by type, each checked."""
    (block,) = blocks(client, url)
    graph = json.loads(block)
    assert graph["@context"] == "https://schema.org"
    for node in graph["@graph"]:
        problems = [f"{url} {kind(node)} {error.json_path}: {error.message}" for error in SCHEMAS[kind(node)].iter_errors(node)]
        assert problems == []
    return {kind(node): node for node in graph["@graph"]}


def kind(node) -> str:
    return node["@type"] if isinstance(node["@type"], str) else node["@type"][-1]


def ids(value) -> list[str]:
    """Every thing the graph names, and every name it refers to."""
    if isinstance(value, list):
        return [each for item in value for each in ids(item)]
    if isinstance(value, dict):
        return [each for item in value.values() for each in ids(item)] + ([value["@id"]] if "@id" in value else [])
    return []


def test_the_schemas_are_schemas_and_refuse_what_is_wrong():
    assert len(SCHEMAS) == 6
    for validator in SCHEMAS.values():
        validator.check_schema(validator.schema)
        assert not validator.is_valid({"@type": validator.schema["title"], "aggregateRating": {"ratingValue": 5}})
    page = {"@type": "WebPage", "@id": f"{SITE}/#page", "url": f"{SITE}/", "name": "x", "inLanguage": "en-GB"}
    page |= {"publisher": {"@id": f"{SITE}/#clinic"}, "about": {"@id": f"{SITE}/#clinic"}}
    assert SCHEMAS["WebPage"].is_valid(page)
    for wrong in ({"lastReviewd": "2026-01-01"}, {"dateModified": "2026-02-30"}, {"url": f"{SITE}/?q=1"}, {"name": ""}):
        assert not SCHEMAS["WebPage"].is_valid(page | wrong)


def test_every_public_page_states_the_clinic_itself_and_its_way_from_home(content, client):
    for url in paths(client, SITE):
        found = stated(client, url)
        (page,) = (node for name, node in found.items() if name.endswith("Page"))
        assert (page["@id"], page["url"]) == (f"{SITE}{url}#page", f"{SITE}{url}")
        assert found["MedicalClinic"]["@id"] == f"{SITE}/#clinic"
        assert found["PsychologicalTreatment"]["@id"] == f"{SITE}{DIT}#therapy"
        assert ("BreadcrumbList" in found) == (url != "/")
        html = BeautifulSoup(client.get(url).content, "html.parser")
        assert page["name"] == html.h1.get_text()
        assert page["description"] == html.find("meta", attrs={"name": "description"})["content"]
        crumbs = [(a.get_text(), f"{SITE}{a['href']}") for a in html.select(".crumbs a")]
        if url != "/":
            steps = found["BreadcrumbList"]["itemListElement"]
            assert [(step["name"], step["item"]) for step in steps] == [*crumbs, (html.h1.get_text(), f"{SITE}{url}")]
            assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))


def test_what_is_referred_to_is_stated_on_the_same_page(content, client):
    Service.objects.create(title="T & C", name="T", slug="t", status="published")
    for url in paths(client, SITE):
        (block,) = blocks(client, url)
        names = ids(json.loads(block)["@graph"])
        plain = [name for name in names if names.count(name) == 1]
        assert [name for name in plain if not name.endswith(("#page", "#clinic", "#therapy")) and "#person-" not in name] == []


def test_every_page_stands_before_any_content_is_loaded(db, client):
    for url in paths(client, SITE):
        clinic = stated(client, url)["MedicalClinic"]
        assert set(clinic) == {"@type", "@id", "name", "url", "image"}


def test_the_clinic_in_full(content, client):
    ClinicDetails.objects.update(email="hello@example.org")
    clinic = stated(client, "/")["MedicalClinic"]
    week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    hours = {"@type": "OpeningHoursSpecification"}
    assert clinic.pop("image").startswith(f"{SITE}/static/img/og.")
    assert [place["name"].removeprefix("Harley Therapy ") for place in clinic.pop("department")] == [
        "City of London",
        "Canary Wharf",
        "Harley Street",
    ]
    online = {"@type": "ServiceChannel", "serviceUrl": f"{SITE}/locations/online/"}
    assert clinic == {
        "@type": "MedicalClinic",
        "@id": f"{SITE}/#clinic",
        "name": "Harley Therapy",
        "url": f"{SITE}/",
        "description": "Therapy in London and online.",
        "telephone": "+443454741724",
        "email": "hello@example.org",
        "openingHoursSpecification": [
            hours | {"opens": "07:00", "closes": "22:00", "dayOfWeek": week},
            hours | {"opens": "08:00", "closes": "20:00", "dayOfWeek": ["Saturday", "Sunday"]},
        ],
        "areaServed": {"@type": "City", "name": "London"},
        "availableService": [{"@id": f"{SITE}{DIT}#therapy"}],
        "makesOffer": [
            {
                "@type": "Offer",
                "itemOffered": {"@type": "Service", "name": "Online", "description": "By video", "availableChannel": online},
            }
        ],
    }


def test_hours_follow_the_rows(content, client):
    OpeningHours.objects.filter(weekday=2).delete()
    PhoneNumber.objects.filter(role="layout").update(number="020 7946 0000")
    clinic = stated(client, DIT)["MedicalClinic"]
    days = [hours["dayOfWeek"] for hours in clinic["openingHoursSpecification"]]
    assert days == [["Monday", "Tuesday"], ["Thursday", "Friday"], ["Saturday", "Sunday"]]
    assert clinic["telephone"] == "+442079460000"


def test_days_ahead_that_differ_stand_together_and_days_gone_are_left_out(content, client):
    today = timezone.localdate()
    Closure.objects.create(reason="Long ago", first_day="2020-01-01", last_day="2020-01-02")
    Closure.objects.create(reason="Began", first_day=today - timedelta(days=9), last_day=today + timedelta(days=1))
    BankHoliday.objects.create(day=today + timedelta(days=2), name="A", treatment="closed")
    BankHoliday.objects.create(day=today + timedelta(days=3), name="B", treatment="other", opens="10:00", closes="14:30")
    BankHoliday.objects.create(day=today + timedelta(days=4), name="C", treatment="undecided")
    special = stated(client, "/")["MedicalClinic"]["specialOpeningHoursSpecification"]
    found = [(each["opens"], each["closes"], each["validFrom"], each["validThrough"]) for each in special]
    in_days = [(today + timedelta(days=n)).isoformat() for n in range(4)]
    assert found == [("00:00", "00:00", in_days[0], in_days[2]), ("10:00", "14:30", in_days[3], in_days[3])]


def test_a_closure_of_one_place_is_told_of_its_department_only(content, client):
    today = timezone.localdate()
    Closure.objects.create(location=Location.objects.get(slug="canary-wharf"), reason="Works", first_day=today, last_day=today)
    clinic = stated(client, "/")["MedicalClinic"]
    assert "specialOpeningHoursSpecification" not in clinic
    closed = [place["url"] for place in clinic["department"] if "specialOpeningHoursSpecification" in place]
    assert closed == [f"{SITE}/locations/canary-wharf/"]


def test_a_slip_of_a_century_in_a_closure_costs_no_more(content, client):
    Closure.objects.create(reason="Typing error", first_day=timezone.localdate(), last_day="9999-12-31")
    (special,) = stated(client, "/")["MedicalClinic"]["specialOpeningHoursSpecification"]
    assert special["validThrough"] < (timezone.localdate() + timedelta(days=500)).isoformat()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", None),
        ("1 Example Row\nLondon W1G 9QR", {"streetAddress": "1 Example Row, London", "postalCode": "W1G 9QR"}),
        ("1 Example Row,\r\nLondon\r\n\r\nEC2A 1NT", {"streetAddress": "1 Example Row, London", "postalCode": "EC2A 1NT"}),
        ("The Shed", {"streetAddress": "The Shed"}),
    ],
)
def test_a_department_has_an_address_once_the_row_has_one(content, client, typed, told):
    Location.objects.filter(slug="harley-street").update(address=typed)
    places = {place["url"]: place for place in stated(client, "/locations/harley-street/")["MedicalClinic"]["department"]}
    address = places[f"{SITE}/locations/harley-street/"].get("address")
    assert address == (told and {"@type": "PostalAddress"} | told)
    assert [place for place in places.values() if "address" in place] == ([places[f"{SITE}/locations/harley-street/"]] if told else [])


def test_a_page_of_a_place_is_about_its_department_and_online_about_the_clinic(content, client):
    assert stated(client, "/locations/canary-wharf/")["WebPage"]["about"] == {"@id": f"{SITE}/locations/canary-wharf/#clinic"}
    assert stated(client, "/locations/online/")["WebPage"]["about"] == {"@id": f"{SITE}/#clinic"}


def test_a_therapy_has_an_author_and_a_reviewer_only_once_it_has(content, client):
    page = stated(client, DIT)["MedicalWebPage"]
    author = {"@type": "Person", "@id": f"{SITE}/#person-sheri-jacobson", "name": "Dr Sheri Jacobson"}
    assert (page["author"], page["dateModified"], page["about"]) == (author, "2020-05-27", {"@id": f"{SITE}{DIT}#therapy"})
    assert {"reviewedBy", "lastReviewed"} & set(page) == set()
    reviewer = Person.objects.create(name="Dr Ada Example", slug="ada", profile_url="https://example.org/ada")
    Service.objects.update(reviewed_by=reviewer, last_reviewed="2026-11-02", author=None)
    page = stated(client, DIT)["MedicalWebPage"]
    assert page["reviewedBy"] == {
        "@type": "Person",
        "@id": f"{SITE}/#person-ada",
        "name": "Dr Ada Example",
        "url": "https://example.org/ada",
    }
    assert (page["lastReviewed"], "author" in page) == ("2026-11-02", False)


def test_the_article_and_the_studies_are_medical_pages_and_the_small_print_is_not(content, client):
    assert "MedicalWebPage" in stated(client, ARTICLE)
    assert "MedicalWebPage" in stated(client, "/evidence/")
    assert "WebPage" in stated(client, "/privacy/")


def test_each_published_service_is_a_treatment_and_no_draft_is(content, client):
    Service.objects.create(title="CBT in London", name="CBT", slug="cbt", status="published")
    Service.objects.create(title="Draft", name="Draft", slug="draft")
    named = [node["url"] for node in graph(client, "/") if node["@type"] == "PsychologicalTreatment"]
    assert named == [f"{SITE}/therapies/cbt/", f"{SITE}{DIT}"]


def graph(client, url) -> list[dict]:
    return json.loads(blocks(client, url)[0])["@graph"]


def test_questions_are_told_as_they_are_shown_and_on_their_page_only(content, client):
    Question.objects.filter(order=Question.objects.first().order).update(is_shown=False)
    told = stated(client, "/questions/")["FAQPage"]["mainEntity"]
    shown = BeautifulSoup(client.get("/questions/").content, "html.parser").select(".questions details")
    assert [each["name"] for each in told] == [each.h3.get_text() for each in shown]
    assert len(told) > 3
    for each, details in zip(told, shown, strict=True):
        answer = BeautifulSoup(each["acceptedAnswer"]["text"], "html.parser")
        assert answer.get_text().split() == details.div.get_text().split()
        assert [a["href"] for a in answer("a") if a["href"].startswith("/")] == []
    for url in paths(client, SITE):
        assert ("FAQPage" in stated(client, url)) == (url == "/questions/")


def test_without_questions_their_page_is_a_plain_one(content, client):
    Question.objects.all().delete()
    assert "WebPage" in stated(client, "/questions/")


def test_a_page_signed_by_someone_that_shows_questions_is_both(content, client):
    PageRow.objects.filter(slug="questions").update(author=Person.objects.first())
    assert stated(client, "/questions/")["FAQPage"]["@type"] == ["MedicalWebPage", "FAQPage"]


def test_nothing_staff_write_can_end_the_block(content, client):
    nasty = "</script><script>alert(1)</script><!-- & \u2028 \"'"
    ClinicDetails.objects.update(tagline=nasty)
    Service.objects.update(name=nasty)
    body = client.get(DIT).content.decode()
    assert body.count("application/ld+json") == 1
    assert "<script>alert(1)" not in body
    (block,) = blocks(client, DIT)
    assert not set("<>&") & set(block)
    assert stated(client, DIT)["MedicalClinic"]["description"] == nasty
    assert stated(client, DIT)["PsychologicalTreatment"]["name"] == nasty


def test_no_page_rates_itself(content, client):
    assert not any("ating" in block for url in paths(client, SITE) for block in blocks(client, url) if "5 star" in block)
    assert not any("AggregateRating" in block for url in paths(client, SITE) for block in blocks(client, url))


def test_no_page_about_a_person_states_anything(content, client):
    for url in ("/book/", "/book/where/", "/request/wrong/", "/therapies/nothing/"):
        assert blocks(client, url) == []


def test_addresses_are_those_of_the_site_whatever_name_was_asked_for(content, client, settings):
    settings.SITE_URL = "https://www.clinic.example"
    (block,) = blocks(client, DIT)
    assert {each.split("/")[2] for each in ids(json.loads(block))} == {"www.clinic.example"}
    assert structured_data.clinic_id() == "https://www.clinic.example/#clinic"
