"""What somebody who has given their password still owes before the admin opens, in its order: a code, a password of their own, an app.

A password that somebody else has set is known to them, so its account is marked until it is changed. The code comes before that where there
is an app: the password alone, which two people know, must change nothing. Setting an app up comes after it.
"""

from django.contrib.auth.models import User

from harley.accounts.two_factor import devices
from harley.models import PasswordToChange

CODE, PASSWORD, SET_UP = "second_factor_code", "password_change", "second_factor_set_up"


def next_page(user) -> str | None:
    """Return the name of the page of the admin that comes first for somebody of the staff; None if nothing is owed."""
    if devices.is_owed(user) and devices.is_set_up(user):
        return CODE
    if must_change_password(user):
        return PASSWORD
    return SET_UP if devices.is_owed(user) else None


def must_change_password(user) -> bool:
    if not hasattr(user, "has_password_to_change"):  # loaded by something else than our backend
        user.has_password_to_change = PasswordToChange.objects.filter(user=user).exists()
    return user.has_password_to_change


def mark_password(user: User) -> None:
    """Note that somebody else has set the password of an account: it is to be changed at the next sign-in."""
    PasswordToChange.objects.get_or_create(user=user)


def password_is_changed(user: User) -> None:
    PasswordToChange.objects.filter(user=user).delete()
