"""How members of staff are called wherever colleagues read of them."""

from django.contrib.auth.models import AbstractBaseUser


def name_of(user: AbstractBaseUser) -> str:
    """Return the full name of an account; its user name only where nobody has given a name."""
    full = user.get_full_name().strip() if hasattr(user, "get_full_name") else ""
    return full or user.get_username()


def account_name(user: AbstractBaseUser) -> str:
    """Return whose account it is, and what they sign in with where that is to be told apart: Priya Nair (pnair)."""
    name, username = name_of(user), user.get_username()
    return name if name == username else f"{name} ({username})"
