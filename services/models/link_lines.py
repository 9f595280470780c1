"""Lines of text that each end with the address of a page."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

OTHER_HELP = """\
Your GP can talk with you about what would help. https://www.nhs.uk/service-search/find-a-gp/
In England you can refer yourself, free of charge, to NHS Talking Therapies. \
https://www.nhs.uk/service-search/mental-health/find-an-nhs-talking-therapies-service/
Find a therapist on the register of BACP. https://www.bacp.co.uk/search/Therapists
Find a therapist on the register of UKCP. https://www.psychotherapy.org.uk/find-a-therapist/
Find a therapist on the register of BPC. https://www.bpc.org.uk/
Find a therapist on the register of NCPS. https://ncps.com/"""


def linked_lines(text: str) -> list[tuple[str, str]]:
    """Return [(words, address), …], one for each line that ends with the address of a page."""
    parts = [line.strip().rpartition(" ") for line in text.splitlines() if line.strip()]
    return [(words.strip(), address) for words, _, address in parts]


def check_linked_lines(text: str) -> None:
    """Raise ValidationError unless each line has words and then an address."""
    for words, address in linked_lines(text):
        if not words:
            raise ValidationError("Write some words on each line, then a space and the address of the page.")
        URLValidator(["https", "http"], message=f"“{address}” is no address: end each line with one, like https://www.nhs.uk/")(address)
