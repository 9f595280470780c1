"""What `check --deploy` says of the emails."""

from bookings.checks import emails_go_out


def test_a_deployment_that_cannot_send_is_warned(settings):
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL, settings.STAFF_EMAIL = "", "Clinic <clinic@localhost>", ""
    settings.MANAGER_EMAIL = ""
    assert [problem.id for problem in emails_go_out(None)] == [f"bookings.W00{number}" for number in (1, 2, 3, 4)]


def test_a_deployment_that_sends_is_fine(settings):
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL, settings.STAFF_EMAIL = "mail.example.org", "c@example.org", "r@example.org"
    settings.MANAGER_EMAIL = "m@example.org"
    assert emails_go_out(None) == []
