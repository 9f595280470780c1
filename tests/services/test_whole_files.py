"""A file that others read is old or new, never half, and what could not be written leaves nothing behind."""

import os
import stat

import pytest
from django.core.mail import EmailMessage

from harley.server.eml_backend import EmlBackend
from services.whole_files import write_whole


def test_it_is_written_anew_with_its_mode_whatever_the_process_makes_of_others(tmp_path):
    path = tmp_path / "page.html"
    before = os.umask(0o077)
    try:
        write_whole(path, b"old")
        write_whole(path, b"new", 0o644)
    finally:
        os.umask(before)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_put_in_place_leaves_nothing(tmp_path):
    path = tmp_path / "taken"
    (path / "a folder with something in it").mkdir(parents=True)
    with pytest.raises(OSError, match="taken"):
        write_whole(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_an_email_that_cannot_be_made_leaves_no_part(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    broken = EmailMessage("Subject", "Text", "a@example.org", ["b@example.org"], headers={"X-Broken": "one\ntwo"})
    with pytest.raises(ValueError, match="newlines"):
        EmlBackend().send_messages([broken])
    assert list(tmp_path.iterdir()) == []
