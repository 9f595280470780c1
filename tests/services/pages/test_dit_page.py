"""The whole of the clinic's own page of 2020 stands on the rendered one, in order, corrected as listed in dit.toml."""

import re

import pytest
from bs4 import BeautifulSoup

from services.models import Evidence, Issue, PhoneNumber, Rating, Section, Service

pytestmark = pytest.mark.same_everywhere

URL = "/therapies/dynamic-interpersonal-therapy/"

HEADINGS = [
    "Dynamic Interpersonal Therapy in London",
    "Are you always having problems in your relationships?",
    "Dynamic Interpersonal Therapy at Harley Therapy™ London",
    "Start feeling better about your relationships today",
    "What is Dynamic Interpersonal Therapy (DIT) and how is it effective?",
    "How many DIT sessions do I need?",
    "What issues does DIT help with?",
    "What results can I expect from DIT sessions?",
    "Improve your relationships and your moods – the Harley Therapy™ approach",
    "Further reading on dynamic interpersonal therapy",
    "Therapy Services",
]

PARAGRAPHS = """
When things go wrong in your relationships with others it can directly affect your sense of wellbeing. Ongoing difficulties with family or your partner, constant disagreements with friends or colleagues, or just a feeling you can’t properly connect with others are all enough to trigger the low moods that lead to anxiety and depression.
Dynamic interpersonal therapy (DIT) can help. Like most other forms of therapy it is based on the idea that what happened to you in the past affects how you think, feel and act in the present. But it is different in that it is a short-term therapy with a specific focus on the link between the choices you make in relationships and your low moods.
All practitioners of DIT must have a minimum of 150 hours of practice as a psychodynamic therapist. Here at Harley Therapy™ London, we set the standard even higher. All of the practitioners we are associated with have a minimum of five years postgraduate experience, and most have trained in not one but several forms of therapy at top UK institutions.
If you are thinking about embarking on a course of DIT sessions in London, then contact us now on 020 8003 4173 for more information on how we can help you, or book an initial consultation at one of our clinics in the City of London, Canary Wharf, in Harley Street or online.
In around 16 weekly sessions dynamic interpersonal therapy aims to help you identify and understand the pattern of relating you learned as a child that is causing you stress in your present relationships. Your DIT therapist can help you make new choices that move you away from your old pattern towards more productive ways of interrelating that allow you to feel more positive moods.
The idea is that if you have functioning, healthy relationships, you then feel better about yourself and the world, and your depression lifts.
Dynamic interpersonal therapy was designed from the framework of psychodynamic therapy (which itself was developed out of psychoanalytical theory). DIT practitioners are thus also experienced psychodynamic therapists who must have at least 150 hours of client experience before attaining a DIT certification.
DIT is also an evidence-based form of therapy, with a growing body of scientific evidence that it really works to improve psychological health.
Dynamic interpersonal therapy is a short-term therapy that is usually offered in a set of 16 sessions. But this can be decided between you and your therapist at your first consultation.
Dynamic interpersonal therapy has been proven to help with these difficulties:
Dynamic interpersonal therapy can offer you these results:
Your Harley Therapy™ DIT practitioner will help you find better ways to relate to others as well as ways to lower your anxiety and depression.
Your therapist will do this by listening carefully as you talk about your relationships and experiences, and then reflecting back certain things you say to help you explore what they really mean to you and your life. They will also use the way you interact with them – the client-therapist relationship – as a platform to explore your style of relating to others.
Together with your DIT therapist you can identify the core ‘pattern’ of relating that you are using, how it is making your relationships go wrong, and what you can do to move into more positive choices that lead to you feeling better.
If you decide to come to Harley Therapy, you will be committing to weekly sessions that each last for around 50 minutes. The first session will allow time for an assessment where you and your therapist can discuss if DIT is right for you and how many sessions you might require.
Dynamic interpersonal therapy does not require homework or have written exercises, although each week you and your therapist will track your progress. But like all forms of therapy, DIT does require a commitment to attend your sessions and a desire to change.
It is important to keep in mind that your therapist will never push you to do something you don’t feel comfortable with. They are there to support you in a positive manner.
""".strip().splitlines()  # noqa: E501 (the clinic's paragraphs, one a line)

RESULTS = [
    "understand yourself and others",
    "reflect on your thoughts and feelings",
    "take responsibility for your actions with others",
    "improved relationships",
    "increased capacity for emotional intimacy",
    "better moods and lower anxiety",
    "see your options more clearly",
    "make better choices for yourself",
]

UNCORRECTED = ["practioner", "of practise", "realtionship", "assesmment", "client therapist", "your action with", "short term"]
UNCORRECTED += ["Trust Pilot", "May 27", "Dr. Sheri", "7am-10pm", "8am-8pm", " & ", "'"]


def said(element) -> str:
    return " ".join(element.get_text().split())


@pytest.fixture
def page(content, client):
    return BeautifulSoup(client.get(URL).content, "html.parser")


def in_order(wanted: list[str], found: list[str]) -> bool:
    rest = iter(found)
    return all(one in rest for one in wanted)


def test_the_headings_stand_in_the_order_of_the_seed(page):
    assert [said(h) for h in page.select("main h1, article h2:not(#urgent-h)")] == HEADINGS


def test_every_paragraph_of_the_seed_is_there_once_and_in_order(page):
    found = [said(p) for p in page.select("article p")]
    assert in_order(PARAGRAPHS, found)
    assert [found.count(paragraph) for paragraph in PARAGRAPHS] == [1] * len(PARAGRAPHS)


def test_no_typing_error_of_the_seed_is_left(page):
    for script in page("script"):
        script.decompose()
    assert [word for word in UNCORRECTED if word in said(page.body)] == []


def test_the_strapline_stands_above_the_heading_and_in_search_results(page):
    strapline = "Dynamic interpersonal therapy can improve your mood by helping to better manage relationships."
    assert said(page.h1.find_previous("p")) == strapline
    assert page.find("meta", attrs={"name": "description"})["content"] == strapline


def test_the_title_is_the_heading_and_the_clinic(page):
    assert page.title.string == "Dynamic Interpersonal Therapy in London – Harley Therapy"


def test_the_ratings_name_who_rates_and_how_many_stars(page):
    assert [said(li) for li in page.select(".ratings li")] == ["5 star ratings since 2006", "Trustpilot – Excellent 5 Star Review"]
    assert [svg["aria-label"] for svg in page.select(".ratings svg[role=img]")] == ["5 out of 5 stars"]


def test_a_rating_can_be_switched_off(content, client):
    Rating.objects.update(is_shown=False)
    assert b"5 star" not in client.get(URL).content


def test_the_couch_is_described(page):
    assert page.select_one(".hero-art img")["alt"] == "Couch used in Dynamic Interpersonal Therapy"


def test_the_byline_stands_there_once_with_a_uk_date(page):
    assert said(page).count("Sheri Jacobson") == 1
    assert said(page.select_one(".byline")) == "Last updated 27 May 2020 by Dr Sheri Jacobson"
    assert page.select_one(".byline time")["datetime"] == "2020-05-27"


def test_the_eight_results_have_ticks(page):
    assert [said(li) for li in page.select(".ticks li")] == RESULTS
    assert len(page.select(".ticks li svg")) == 8


def test_only_what_studies_support_is_called_proven_and_each_has_its_source(page):
    proven = page.find("p", string=re.compile("has been proven to help")).find_next_sibling("ul")
    assert [said(li) for li in proven("li")] == [
        "depression and low mood Source: NHS trial of DIT (2020)",
        "anxiety Source: Study of US veterans (2020)",
    ]
    assert [a["href"][:16] for a in proven("a")] == ["https://doi.org/", "https://discover"]


def test_what_people_also_come_with_is_in_the_words_of_the_seed(page):
    common = page.find("p", string="People also come to DIT with:").find_next_sibling("ul")
    assert [said(li) for li in common("li")] == [
        "ongoing difficulties with family or a partner",
        "constant disagreements with friends or colleagues",
        "a feeling you can’t properly connect with others",
    ]


def test_every_study_says_what_it_cannot_show(page):
    assert len(page.select(".studies dt")) == Evidence.objects.count() == 6
    assert said(page.select_one(".studies")).count("Its limits:") == 6


def test_the_facts_stand_under_the_picture(page):
    facts = {said(dt): said(dt.find_next("dd")) for dt in page.select(".facts dt")}
    assert facts == {
        "How long": "Around 16 weekly sessions",
        "Each session": "Around 50 minutes",
        "Homework": "None required",
        "Where": "London or online",
    }


def test_the_article_leads_to_the_therapy_and_to_every_study_it_speaks_of(content, client):
    article = BeautifulSoup(client.get("/articles/what-is-dynamic-interpersonal-therapy/").content, "html.parser")
    sources = article.find("h2", string="Sources")
    links = {a["href"] for a in article.article.find_all("a")}
    assert URL in links
    assert {study.url for study in Evidence.objects.exclude(url="")} - links == set()
    assert {a["href"] for a in sources.find_next("ul").find_all("a")} >= {link for link in links if link.startswith("http")}


def test_further_reading_leads_to_the_article(page, client):
    link = page.find(id="further-reading").find_next("a")
    assert said(link) == "What is Dynamic Interpersonal Therapy?"
    assert client.get(link["href"]).status_code == 200


def test_therapy_services_leads_to_all_therapies(page):
    assert page.find(id="therapy-services").find_next("a")["href"] == "/therapies/"


def test_the_number_of_the_text_stands_in_the_third_section_only(page):
    (link,) = page.select("a[href='tel:+442080034173']")
    assert said(link) == "020 8003 4173"
    assert link.find_parent("section")["aria-labelledby"] == "start"


def test_the_number_of_the_layout_stands_in_header_panel_and_footer_but_in_no_section(page):
    numbers = "a[href='tel:+443454741724']"
    assert all(page.select_one(f"{place} {numbers}") for place in [".topbar", ".panel--call", ".site-footer", ".callbar", ".nav"])
    assert page.select(f"article {numbers}") == []


def test_the_call_panel_has_the_words_of_the_seed_and_the_hours(page):
    panel = page.select_one(".panel--call")
    assert said(panel.h2) == "Call us to book or enquire"
    assert said(panel.select_one(".btn")) == "Book Online"
    assert said(panel.caption) == "Opening Hours"
    hours = {said(tr.th): said(tr.td) for tr in panel("tr")}
    assert hours == {"Monday to Friday": "7am to 10pm", "Saturday and Sunday": "8am to 8pm"}
    assert len(panel.select("tr[data-today]")) == 1
    assert said(panel.select_one(".status")).startswith("Line ")


def test_the_four_places_are_linked_from_the_third_section(page):
    places = page.find(id="start").find_parent("section").select("ul a")
    assert [said(a) for a in places] == ["City of London", "Canary Wharf", "Harley Street", "Online"]


def test_on_this_page_leads_to_sections_that_exist(page):
    links = page.select(".toc a")
    assert len(links) == 8
    assert [a["href"] for a in links if not page.find(id=a["href"][1:])] == []


@pytest.mark.parametrize(
    ("removed", "left"),
    [
        ({}, []),
        ({"group": "proven"}, ["People also come to DIT with:"]),
        ({"group": "common"}, ["Dynamic interpersonal therapy has been proven to help with these difficulties:"]),
    ],
    ids=["none", "none proven", "none common"],
)
def test_a_lead_in_without_its_list_is_hidden(content, client, removed, left):
    Issue.objects.filter(**removed).delete()
    page = BeautifulSoup(client.get(URL).content, "html.parser")
    lead_ins = [said(p) for p in page("p") if "proven to help" in said(p) or "People also come" in said(p)]
    assert lead_ins == left
    assert bool(page.find(id="issues")) == bool(page.find("a", href="#issues")) == bool(left)


def test_a_study_switched_off_takes_its_claim_along(content, client):
    Evidence.objects.filter(name="Study of US veterans (2020)").update(is_shown=False)
    page = BeautifulSoup(client.get(URL).content, "html.parser")
    assert [said(li).split(" Source")[0] for li in page.select(".issues li")] == ["depression and low mood"]
    assert "veterans (2020)" not in said(page)


def test_a_claim_is_switched_off_alone(content, client):
    Issue.objects.filter(name="anxiety").update(is_shown=False)
    page = BeautifulSoup(client.get(URL).content, "html.parser")
    assert [said(li).split(" Source")[0] for li in page.select(".issues li")] == ["depression and low mood"]
    assert "veterans (2020)" in said(page)


def test_staff_change_a_section_and_the_page_follows(content, client):
    Section.objects.filter(anchor="sessions").update(heading="How long does it take?", body="It depends.", order=1)
    page = BeautifulSoup(client.get(URL).content, "html.parser")
    assert said(page.article.h2) == "How long does it take?"
    assert said(page.article.p) == "It depends."


def test_a_changed_number_changes_everywhere(content, client):
    PhoneNumber.objects.filter(role="text").update(number="020 7946 0000")
    assert b"tel:+442079460000" in client.get(URL).content


def test_a_review_is_said_apart_from_the_authorship(content, client):
    Service.objects.update(last_reviewed="2026-11-02")
    page = BeautifulSoup(client.get(URL).content, "html.parser")
    assert said(page.select_one(".byline")) == "Last updated 27 May 2020 by Dr Sheri Jacobson Last reviewed 2 November 2026"
