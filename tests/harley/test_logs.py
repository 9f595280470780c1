"""Log lines hold nothing about a person, whoever wrote them."""

import logging
import sys

from harley.logs import PrivateFormatter, without_personal_data


def test_masks_addresses_numbers_and_keys():
    line = "To ada.lovelace+clinic@example.org on +44 20 7946 0123, see /request/3f9Kq_aB-xyz/cancel/"
    assert without_personal_data(line) == "To [email] on [number], see /request/[key]/cancel/"


def test_leaves_times_counts_and_references_alone():
    line = "2026-11-24 10:15:00,123 INFO Notice 4711 of HT-7K3M sent in 250 ms at 127.0.0.1:8000"
    assert without_personal_data(line) == line


def test_a_traceback_keeps_places_and_loses_what_was_said():
    secret = "DETAIL: Key (email)=(ada@example.org) already exists, name Ada"
    try:
        raise ValueError(secret)
    except ValueError:
        record = logging.LogRecord("bookings", logging.ERROR, __file__, 1, "Notice %s was not sent", (7,), sys.exc_info())
    written = PrivateFormatter("%(levelname)s %(message)s").format(record)
    assert written.startswith("ERROR Notice 7 was not sent\n")
    assert f"{__file__}:" in written
    assert written.endswith("\nValueError")
    assert "Ada" not in written
    assert "ada@" not in written
