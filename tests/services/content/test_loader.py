"""A load writes what is new, follows its file, and leaves alone what staff changed or deleted."""

import io
from datetime import time

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from services.content import loader as loading
from services.models import Evidence, Issue, LoadedRow, Location, OpeningHours, Person, Result, Section, Service

pytestmark = pytest.mark.django_db


def load(*files) -> str:
    loader = loading.ContentLoader()
    for file in files:
        loader.file(file)
    return "\n".join(str(report) for report in loader.reports)


@pytest.fixture
def places(tmp_path):
    """Writes places.toml with these areas by slug, in order."""

    def write(**areas):
        path = tmp_path / "places.toml"
        path.write_text("".join(f'[[location]]\nslug = "{one}"\nname = "{one.title()}"\narea = "{areas[one]}"\n' for one in areas))
        return path

    return write


def state() -> dict:
    return {row.key: row.values for row in LoadedRow.objects.all()}


def test_the_command_says_what_it_did_and_the_second_time_that_nothing_changed():
    first, second = io.StringIO(), io.StringIO()
    call_command("load_content", stdout=first)
    before = state()
    call_command("load_content", stdout=second)
    assert first.getvalue().splitlines() == [
        "clinic.toml: 17 created",
        "locations.toml: 4 created",
        "pages.toml: 4 created",
        "coming-here.toml: 6 created",
        "legal.toml: 4 created",
        "article-what-is-dit.toml: 1 created",
        "dit.toml: 35 created",
        "questions.toml: 14 created",
    ]
    assert second.getvalue() == first.getvalue().replace("created", "unchanged")
    assert state() == before


def test_the_opening_hours_are_those_of_the_seed(content):
    hours = [(row.opens, row.closes) for row in OpeningHours.objects.all()]
    assert hours == [(time(7), time(22))] * 5 + [(time(8), time(20))] * 2


def test_nothing_that_nobody_told_us_is_filled_in(content):
    assert set(Location.objects.values_list("address", "getting_in", "step_free")) == {("", "", "")}
    assert set(Evidence.objects.values_list("checked_on", flat=True)) == {None}
    assert list(Service.objects.values_list("reviewed_by", "last_reviewed", "next_review_due")) == [(None, None, None)]
    assert Person.objects.get().profile_url == ""


def test_a_row_nobody_touched_follows_its_file(places):
    load(places(soho="Dean Street", city="Cheapside"))
    report = load(places(soho="Wardour Street", city="Cheapside"))
    assert report == "places.toml: 1 updated, 1 unchanged\n  updated: services.location:soho"
    assert Location.objects.get(slug="soho").area == "Wardour Street"


def test_a_row_staff_edited_is_kept_whatever_the_file_says(places):
    load(places(soho="Dean Street"))
    Location.objects.update(area="Above the bakery")
    for area in ("Dean Street", "Wardour Street"):
        assert load(places(soho=area)) == "places.toml: 1 kept, edited by staff\n  kept, edited by staff: services.location:soho"
    assert Location.objects.get().area == "Above the bakery"


def test_a_row_staff_put_elsewhere_stays_there_and_the_others_follow_the_file(places):
    load(places(soho="West", camden="North"))
    Location.objects.filter(slug="camden").update(order=4)
    assert "kept, edited by staff: services.location:camden" in load(places(soho="Centre", camden="Still north"))
    assert list(Location.objects.values_list("slug", "order", "area")) == [("camden", 4, "North"), ("soho", 10, "Centre")]


def test_a_field_the_file_says_nothing_of_is_free_for_staff(places):
    load(places(soho="Dean Street"))
    Location.objects.update(address="1 Dean Street")
    load(places(soho="Wardour Street"))
    assert Location.objects.values_list("area", "address").get() == ("Wardour Street", "1 Dean Street")


def test_a_row_staff_deleted_stays_away(places):
    load(places(soho="Dean Street", city="Cheapside"))
    Location.objects.get(slug="soho").delete()
    assert load(places(soho="Dean Street", city="Cheapside")).splitlines()[1] == "  left deleted: services.location:soho"
    assert [place.slug for place in Location.objects.all()] == ["city"]


def test_a_row_staff_made_themselves_is_kept(places):
    Location.objects.create(slug="soho", name="Soho", area="Ours")
    assert load(places(soho="Dean Street")) == "places.toml: 1 kept, not from a file\n  kept, not from a file: services.location:soho"
    assert Location.objects.get().area == "Ours"


def test_a_corrected_name_changes_its_row_and_makes_no_second_one(content, tmp_path, settings):
    text = (settings.CONTENT_DIR / "dit.toml").read_text()
    path = tmp_path / "dit.toml"
    path.write_text(text.replace('text = "improved relationships"', 'text = "better relationships"'))
    load(*[path if name == "dit.toml" else settings.CONTENT_DIR / name for name in loading.FILES])
    assert Result.objects.filter(text__endswith="relationships").values_list("text", flat=True).get() == "better relationships"


def test_deleted_parts_and_what_refers_to_them_stay_away(content):
    Section.objects.get(anchor="start").delete()
    Issue.objects.filter(source__name="NHS trial of DIT (2020)").delete()
    Evidence.objects.get(name="NHS trial of DIT (2020)").delete()
    out = io.StringIO()
    call_command("load_content", stdout=out)
    assert "left deleted: services.section:dynamic-interpersonal-therapy/start" in out.getvalue()
    assert "left out, redit is gone: depression" in out.getvalue()
    assert (Section.objects.count(), Evidence.objects.count(), Issue.objects.count()) == (9, 5, 4)


def test_a_whole_page_staff_deleted_stays_away(content):
    Service.objects.all().delete()
    call_command("load_content", stdout=io.StringIO())
    assert not Service.objects.exists()
    assert not Section.objects.exists()


def test_staff_changing_the_author_away_keeps_the_page(content):
    Person.objects.get().delete()
    call_command("load_content", stdout=io.StringIO())
    assert Service.objects.get().author is None
    assert Section.objects.count() == 10


def test_a_mistake_in_a_file_is_named_and_nothing_of_the_load_stays(monkeypatch, settings, tmp_path):
    (tmp_path / "places.toml").write_text('[[location]]\nslug = "soho"\nname = "Soho"\nintroduction = "Call {phone:mobile}"\n')
    settings.CONTENT_DIR = tmp_path
    monkeypatch.setattr(loading, "FILES", ["places.toml"])
    with pytest.raises(ValidationError, match=r"location Soho: There is no \{phone:mobile\}"):
        call_command("load_content", stdout=io.StringIO())
    assert not Location.objects.exists()


def test_another_app_loads_its_own_rows():
    loader = loading.ContentLoader()
    loader.start("rota.toml")
    soho = loader.row(Location, "soho", {"slug": "soho"}, {"name": "Soho"})
    assert soho == Location.objects.get()
    assert [str(report) for report in loader.reports] == ["rota.toml: 1 created"]
