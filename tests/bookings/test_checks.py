"""What `check --deploy` says of the emails."""

from bookings.checks import emails_go_out


def test_a_deployment_that_cannot_send_is_warned(settings):
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL, settings.STAFF_EMAIL = "", "Clinic <clinic@localhost>", ""
    assert [problem.id for problem in emails_go_out(None)] == ["bookings.W001", "bookings.W002", "bookings.W003"]


def test_a_deployment_that_sends_is_fine(settings):
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL, settings.STAFF_EMAIL = "mail.example.org", "c@example.org", "r@example.org"
    assert emails_go_out(None) == []
