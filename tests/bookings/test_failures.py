import pytest

from bookings.failures import reason, reason_and_code


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("SMTPRecipientsRefused 550", "the mail server does not accept this address"),
        ("SMTPDataError 554", "the mail server does not accept this message"),
        ("worker died", "the site stopped while it was being sent"),
        ("TimeoutError", "the mail server could not be reached"),
        ("ValueError", "something went wrong on the site"),
        ("", "no reason was given"),
    ],
)
def test_why_an_email_was_not_sent_is_said_in_words(kept, words):
    assert reason(kept) == words
    assert reason_and_code(kept) == (f"{words} ({kept})" if kept else words)
