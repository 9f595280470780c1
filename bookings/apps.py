from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = "Requests and times"

    def ready(self):
        from bookings import checks  # noqa: F401 (it registers itself)
