"""What the site tells machines about itself: schema.org, one JSON-LD graph a page. What nobody has entered is left out.

Each thing has one @id for ever, so that the same clinic on two pages is one clinic. There is no AggregateRating: search engines
take a clinic's stars from its own page for self-praise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from html import unescape

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from services.clinic.clinic import Clinic
from services.clinic.opening_hours import Spans, weekly
from services.clinic.uk_time import LONDON
from services.models import Article, Location, Page, Person, Service
from services.models.clinic import WEEKDAYS
from services.pages.markdown import to_html

PARENTS = {  # the step between home and the page, as its breadcrumb names it
    Service: ("Therapies", "services:therapies"),
    Location: ("Locations", "services:locations"),
    Article: ("Articles", "services:articles"),
}
CLOSED: Spans = ((time(0), time(0)),)  # how schema.org says that a day is closed
POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}\b")
ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}  # nothing in it can end the script element


def script(graph: dict) -> SafeString:
    """A data block: browsers run nothing in it, so the Content-Security-Policy stays as it is."""
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 (what could end it is escaped)


def graph(page: Service | Article | Location | Page, clinic: Clinic, questions: Iterable = ()) -> dict:
    """All that one page states; the questions are those it shows with their answers."""
    nodes = [medical_clinic(clinic), *(treatment(service) for service in clinic.services), web_page(page, clinic, questions)]
    return {"@context": "https://schema.org", "@graph": [*nodes, *breadcrumbs(page)]}


def absolute(path: str, part: str = "") -> str:
    """The whole address; with a part, the @id of something the page is about."""
    return f"{settings.SITE_URL}{path}{part and f'#{part}'}"


def _filled(**values) -> dict:
    """Without what is empty. A name in Python that schema.org writes with @ starts with at_."""
    return {name.replace("at_", "@"): value for name, value in values.items() if value}


# The clinic


def clinic_id() -> str:
    return absolute(reverse("services:home"), "clinic")


def medical_clinic(clinic: Clinic) -> dict:
    """The clinic with a department for each place one can walk into. The hours are its own; a place has no hours but closures."""
    online = [place for place in clinic.locations if place.is_online]
    return _filled(
        at_type="MedicalClinic",
        at_id=clinic_id(),
        name=clinic.name,
        url=absolute(reverse("services:home")),
        description=clinic.details.tagline,
        telephone=_telephone(clinic),
        email=clinic.details.email,
        image=absolute(static("img/og.png")),
        openingHoursSpecification=opening_hours(clinic),
        specialOpeningHoursSpecification=special_hours(clinic),
        department=[department(place, clinic) for place in clinic.locations if not place.is_online],
        areaServed=_filled(at_type="City", name=clinic.details.town) if clinic.details.town else None,
        availableService=[{"@id": _therapy_id(service)} for service in clinic.services],
        makesOffer=[_by_video(place) for place in online],
    )


def department(place: Location, clinic: Clinic) -> dict:
    """A place with an address, once the row has one."""
    today = _today(clinic)
    closures = [closure for closure in clinic.closures if closure.location_id == place.pk and closure.last_day >= today]
    return _filled(
        at_type="MedicalClinic",
        at_id=absolute(place.get_absolute_url(), "clinic"),
        name=f"{clinic.name} {place.name}",
        url=absolute(place.get_absolute_url()),
        telephone=_telephone(clinic),
        address=_address(place.address),
        specialOpeningHoursSpecification=[
            hours for closure in closures for hours in _hours_between(closure.first_day, closure.last_day, ())
        ],
    )


def _by_video(place: Location) -> dict:
    """Online is no department, but a way to be served."""
    channel = {"@type": "ServiceChannel", "serviceUrl": absolute(place.get_absolute_url())}
    return {"@type": "Offer", "itemOffered": _filled(at_type="Service", name=place.name, description=place.area, availableChannel=channel)}


def _telephone(clinic: Clinic) -> str:
    return clinic.phone.uri.removeprefix("tel:") if clinic.phone else ""


def _address(text: str) -> dict | None:
    """The lines as staff wrote them, but for the postcode, which has a field of its own."""
    lines = [line.strip(" ,") for line in POSTCODE.sub("", text).splitlines()]
    postcode = POSTCODE.search(text)
    street = ", ".join(line for line in lines if line)
    return _filled(at_type="PostalAddress", streetAddress=street, postalCode=postcode and postcode[0]) if street else None


def _today(clinic: Clinic) -> date:
    return clinic.now.astimezone(LONDON).date()


def opening_hours(clinic: Clinic) -> list[dict]:
    """The ordinary week, days with the same hours together."""
    return [
        _hours(opens, closes) | {"dayOfWeek": [WEEKDAYS[day][1] for day in days]}
        for days, spans in weekly(clinic.hours)
        for opens, closes in spans
    ]


def special_hours(clinic: Clinic) -> list[dict]:
    """Closures and bank holidays of the whole clinic, from today on, days in a row together."""
    runs: list[list] = []
    for day, spans in sorted(clinic.hours.exceptions.items()):
        if day < _today(clinic):
            continue
        if runs and runs[-1][1] == day - timedelta(days=1) and runs[-1][2] == spans:
            runs[-1][1] = day
        else:
            runs.append([day, day, spans])
    return [hours for first, last, spans in runs for hours in _hours_between(first, last, spans)]


def _hours_between(first: date, last: date, spans: Spans) -> list[dict]:
    days = {"validFrom": first.isoformat(), "validThrough": last.isoformat()}
    return [_hours(opens, closes) | days for opens, closes in spans or CLOSED]


def _hours(opens: time, closes: time) -> dict:
    return {"@type": "OpeningHoursSpecification", "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}


# What it offers


def _therapy_id(service: Service) -> str:
    return absolute(service.get_absolute_url(), "therapy")


def treatment(service: Service) -> dict:
    return _filled(
        at_type="PsychologicalTreatment",
        at_id=_therapy_id(service),
        name=service.name,
        alternateName=service.short_name,
        description=service.strapline,
        url=absolute(service.get_absolute_url()),
    )


# The page


def heading(page) -> str:
    return page.name if isinstance(page, Location) else page.title


def description(page, clinic: Clinic) -> str:
    """What search engines and shared links show under the title."""
    if isinstance(page, Location):
        opening = " ".join(unescape(strip_tags(to_html(page.introduction.partition("\n\n")[0], clinic))).split())
        if opening:
            return Truncator(opening).chars(200)
        return " ".join(f"{part}." for part in (f"{clinic.name}: {page.name}", page.area.rstrip(".")) if part)
    return page.strapline


def web_page(page, clinic: Clinic, questions: Iterable = ()) -> dict:
    """About a therapy, or signed by someone who answers for it, a page is medical; the others are plain pages."""
    url = page.get_absolute_url()
    author, reviewer = getattr(page, "author", None), getattr(page, "reviewed_by", None)
    answers = [answered(question, clinic) for question in questions]
    studies = isinstance(page, Page) and page.shows == Page.Shows.EVIDENCE
    kinds = ["MedicalWebPage"] if author or reviewer or studies or isinstance(page, Service | Article) else []
    kinds += ["FAQPage"] if answers else []
    return _filled(
        at_type=kinds if len(kinds) > 1 else (kinds or ["WebPage"])[0],
        at_id=absolute(url, "page"),
        url=absolute(url),
        name=heading(page),
        description=description(page, clinic),
        inLanguage="en-GB",
        publisher={"@id": clinic_id()},
        about={"@id": _about(page)},
        author=author and person(author),
        dateModified=_day(page, "last_updated"),
        reviewedBy=reviewer and person(reviewer),
        lastReviewed=_day(page, "last_reviewed"),
        breadcrumb={"@id": _trail_id(page)} if trail(page) else None,
        mainEntity=answers,
    )


def _day(page, name: str) -> str | None:
    """A date staff wrote under the page; the review's only once there was one."""
    day = getattr(page, name, None)
    return day and day.isoformat()


def answered(question, clinic: Clinic) -> dict:
    """A question with the answer the page shows, its links whole."""
    text = to_html(question.answer, clinic).strip().replace('href="/', f'href="{settings.SITE_URL}/')
    return {"@type": "Question", "name": question.question, "acceptedAnswer": {"@type": "Answer", "text": text}}


def _about(page) -> str:
    if isinstance(page, Service):
        return _therapy_id(page)
    if isinstance(page, Location) and not page.is_online:
        return absolute(page.get_absolute_url(), "clinic")
    return clinic_id()


def person(person: Person) -> dict:
    return _filled(
        at_type="Person", at_id=absolute(reverse("services:home"), f"person-{person.slug}"), name=person.name, url=person.profile_url
    )


def trail(page) -> list[tuple[str, str]]:
    """Label and path of each step from home to this page; none for home itself."""
    home = reverse("services:home")
    if page.get_absolute_url() == home:
        return []
    between = [(label, reverse(name)) for kind, (label, name) in PARENTS.items() if isinstance(page, kind)]
    return [("Home", home), *between, (heading(page), page.get_absolute_url())]


def _trail_id(page) -> str:
    return absolute(page.get_absolute_url(), "breadcrumb")


def breadcrumbs(page) -> list[dict]:
    """One list, or none for home."""
    steps = [
        {"@type": "ListItem", "position": position, "name": label, "item": absolute(url)}
        for position, (label, url) in enumerate(trail(page), start=1)
    ]
    return [{"@type": "BreadcrumbList", "@id": _trail_id(page), "itemListElement": steps}] if steps else []
