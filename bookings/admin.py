"""Where Django looks for the admin of an app: the desk is in bookings/staff/."""

from bookings import staff  # noqa: F401 (it registers itself)
