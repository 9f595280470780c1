"""How colleagues know each other."""


def name_of(user) -> str:
    """Return the full name; who has given none has that of their account."""
    return user.get_full_name() or user.get_username()
