"""That the benchmark reckons right. What it measures is no test: `make bench` prints it."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from bookings.models import Enquiry, Hold
from bookings.queries.slots import next_slots
from services.clinic.clinic import Clinic
from tests.bench import stored
from tests.bench.figures import Speed, one_at_a_time, percentile, ratios, table
from tests.bench.figures import middle as middle_speed
from tests.bench.reports import CATEGORIES, Report, middle, short_of
from tests.bookings import factories


def report(*, seo=1.0, lcp=1000.0, shift=0.0, blocked=0.0):
    """As Lighthouse writes it, in what we read: two audits a category, of which the second has no weight."""
    audits = {f"{name}-{which}": {"score": 1} for name in CATEGORIES for which in ("one", "two")}
    audits["seo-one"]["score"] = seo
    audits["performance-two"]["score"] = 0
    audits["accessibility-one"]["score"] = None  # does not apply
    times = {"largest-contentful-paint": lcp, "cumulative-layout-shift": shift, "total-blocking-time": blocked}
    parts = {name: [{"id": f"{name}-one", "weight": 1}, {"id": f"{name}-two", "weight": 0}] for name in CATEGORIES}
    return {
        "audits": audits | {name: {"score": 1, "numericValue": value} for name, value in times.items()},
        "categories": {name: {"score": seo if name == "seo" else 1, "auditRefs": refs} for name, refs in parts.items()},
    }


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (95, 95), (99, 99), (100, 100), (0.5, 1)])
def test_a_percentile_is_one_of_the_values(percent, value):
    assert percentile(range(100, 0, -1), percent) == value


def test_a_percentile_of_few_values_is_not_below_them():
    assert [percentile([3.0, 1.0, 2.0], percent) for percent in (50, 95, 99)] == [2.0, 3.0, 3.0]
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_requests_one_after_another_are_as_many_a_second_as_they_take():
    assert one_at_a_time([0.1, 0.2, 0.3, 0.4]) == Speed(4.0, 200.0, 400.0, 400.0)


def test_the_middle_of_rounds_is_the_median_of_each_figure():
    rounds = [Speed(10, 1, 9, 5), Speed(30, 2, 7, 4), Speed(20, 3, 8, 6)]
    assert middle_speed(rounds) == Speed(20, 2, 8, 5)


def test_rates_are_compared_within_their_round():
    assert ratios([Speed(50, 0, 0, 0), Speed(30, 0, 0, 0)], [Speed(100, 0, 0, 0), Speed(40, 0, 0, 0)]) == [0.5, 0.75]
    with pytest.raises(ValueError, match="zip"):
        ratios([Speed(50, 0, 0, 0)], [])


def test_a_report_names_only_the_audits_that_cost_points():
    assert Report.read(report(seo=0.92, lcp=1310.0)) == Report((100, 100, 100, 92), 1.31, 0.0, 0.0, frozenset({"seo: seo-one"}))


def test_the_middle_of_reports_keeps_every_costly_audit():
    reports = [Report.read(report(lcp=lcp, seo=seo)) for lcp, seo in ((1100, 1), (1500, 0.9), (1200, 1))]
    assert middle(reports) == Report((100, 100, 100, 100), 1.2, 0.0, 0.0, frozenset({"seo: seo-one"}))


def test_what_falls_short_is_named():
    read = Report.read(report(seo=0.9, lcp=1310, shift=0.001, blocked=0.6))
    assert short_of(read, "mobile") == ["seo 90: seo-one", "LCP 1.31 s", "CLS 0.001", "TBT 1 ms"]
    assert short_of(read, "desktop") == ["seo 90: seo-one", "CLS 0.001", "TBT 1 ms"]
    assert short_of(Report.read(report(lcp=1300, shift=0.0004, blocked=0.4)), "mobile") == []


def test_a_table_lines_up():
    assert table(("", "a"), [("long name", 1), ("x", "1,000")]) == "               a\nlong name      1\nx          1,000"


@pytest.mark.django_db(transaction=True, reset_sequences=True)  # as in the fresh database that a bench fills
def test_stored_requests_are_such_as_the_site_itself_would_store(rota, monkeypatch):
    """Also the copies: every row passes its model's checks, every held time is whole and within what the rota has."""
    monkeypatch.setattr(stored, "ORIGINALS", 400)
    now = timezone.now()
    stored.fill(650, now)
    assert Enquiry.objects.count() == 650
    for model in stored.COPIED:
        for row in model.objects.all()[::17]:
            row.full_clean()
    call_command("check_holds", stdout=io.StringIO())
    assert Hold.objects.filter(starts_at__gt=now).count() == stored.AHEAD
    assert Hold.objects.filter(starts_at__lt=now).count() > 50
    assert next_slots(Clinic(now))[0][1]  # and there are free ones between them
    first = Enquiry.objects.order_by("pk").last()
    factories.request(now=now, email=first.email)  # the keys of what follows are free
