"""Other help: lines of words that each end with an address, as staff write them in the clinic's details."""

import pytest
from django.core.exceptions import ValidationError

from services.models import ClinicDetails
from services.models.link_lines import linked_lines

NHS = "https://www.nhs.uk/service-search/find-a-gp/"


def wrong(text):
    """What the admin says of it."""
    with pytest.raises(ValidationError) as raised:
        ClinicDetails(name="Clinic", call_heading="Call", book_label="Book", other_help=text).clean_fields()
    return raised.value.message_dict["other_help"]


def test_each_line_leads_to_the_address_at_its_end():
    assert linked_lines(f"\n  Your GP can help. {NHS}\r\n\nAnother\u00a0one:   http://example.org ") == [
        ("Your GP can help.", NHS),
        ("Another\u00a0one:", "http://example.org"),
    ]


def test_what_the_first_install_names_is_well_formed_and_none_at_all_is_too():
    assert len(ClinicDetails().other_helpers) == 6
    for text in (ClinicDetails().other_help, ""):
        ClinicDetails(name="Clinic", call_heading="Call", book_label="Book", other_help=text).clean_fields()


@pytest.mark.parametrize("address", ["help.", "javascript:alert(1)", "ftp://example.org/", "www.nhs.uk"])
def test_a_line_without_an_address_at_its_end_is_refused(address):
    assert wrong(f"Your GP can help. {NHS}\nYour GP can {address}") == [
        f"“{address}” is no address: end each line with one, like https://www.nhs.uk/"
    ]


def test_an_address_without_words_is_refused():
    assert wrong(NHS) == ["Write some words on each line, then a space and the address of the page."]
