"""The list of erasures outside the database, and the erasing anew from it after a backup was restored."""

import io
import stat
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from bookings import actions
from bookings.actions import erasure_list
from bookings.jobs import jobs
from bookings.models import Enquiry, HoldCell, Notice
from tests.bookings.factories import request

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def file(tmp_path, settings):
    settings.ERASED_FILE = tmp_path / "erased"
    return settings.ERASED_FILE


def run(*arguments) -> str:
    out = io.StringIO()
    call_command("erase_again", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_each_erasure_leaves_its_reference_and_day_once_it_is_committed(
    harley_street, thursday_ten, now, staff, file, django_capture_on_commit_callbacks
):
    one, two = request(harley_street, thursday_ten, now=now), request(now=now)
    with django_capture_on_commit_callbacks(execute=False):
        actions.erase_now(one, user=staff, now=now)
    assert not file.exists()
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_now(two, user=staff, now=now)
        actions.erase_now(two, user=staff, now=now)
    assert file.read_text() == f"{two.reference} {now:%Y-%m-%d}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_who_a_backup_brought_back_is_erased_anew_and_the_time_is_free(harley_street, thursday_ten, now, file):
    back, other = request(harley_street, thursday_ten, now=now), request(now=now)
    file.write_text(f"{back.reference} 2099-01-01\nHT-ZZZZZ 2099-01-01\n\n")
    assert run(file, "--dry-run") == f"  {back.reference}\nerase_again: 2 in the list, 1 to erase. Nothing was changed.\n"
    back.refresh_from_db()
    assert (back.erased_at, HoldCell.objects.count()) == (None, 10)
    assert run(file) == f"  {back.reference}\nerase_again: 2 in the list, 1 erased.\n"
    back.refresh_from_db()
    assert (back.name, back.email, back.phone, back.status) == ("", "", "", "cancelled_client")
    assert HoldCell.objects.count() == 0
    assert not Notice.objects.to_client().filter(event__enquiry=back, status="pending").exists()
    assert run(file).endswith("0 erased.\n")
    other.refresh_from_db()
    assert other.email


def test_a_later_request_that_was_given_the_same_reference_is_left_alone(clinic, now, file):
    enquiry = request(now=now)
    file.write_text(f"{enquiry.reference} {now - DAY:%Y-%m-%d}\n")
    run(file)
    assert Enquiry.objects.get().erased_at is None


@pytest.mark.parametrize("text", ["HT-7K3P2\n", "HT-7K3P2 yesterday\n", "HT-7K3P2 2026-13-01\n", "a b c\n"])
def test_what_is_no_list_is_refused_and_nothing_is_changed(clinic, now, file, text):
    enquiry = request(now=now)
    file.write_text(f"{enquiry.reference} 2099-01-01\n{text}")
    with pytest.raises(CommandError, match=r"is no list of erasures: line 2 .* Nothing was changed\."):
        run(file)
    assert Enquiry.objects.get().erased_at is None


def test_a_file_that_is_missing_or_no_text_is_said(db, tmp_path, file):
    with pytest.raises(CommandError, match="cannot be read: FileNotFoundError"):
        run(tmp_path / "mistyped")
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="cannot be read: UnicodeDecodeError"):
        run(file)


def test_what_cannot_be_noted_is_logged_and_erased_all_the_same(now, settings, tmp_path, caplog):
    settings.ERASED_FILE = tmp_path / "missing" / "erased"
    erasure_list.append_reference("HT-7K3P2", now)
    assert "HT-7K3P2 was erased, but not noted in" in caplog.text


def test_lines_go_when_no_backup_is_as_old(transactional_db, now, file):
    days = [now - count * DAY for count in (40, 32, 31, 30, 0)]
    file.write_text("".join(f"HT-{number} {day:%Y-%m-%d}\n" for number, day in enumerate(days)))
    outcome = jobs.run("anonymise", now)
    assert outcome.counts["references of erasures deleted"] == 2
    assert [line.split()[0] for line in file.read_text().splitlines()] == ["HT-2", "HT-3", "HT-4"]
    assert erasure_list.old_lines(now) == 0
