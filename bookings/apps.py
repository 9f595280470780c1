from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = "Requests and times"

    def ready(self):
        from bookings import checks  # noqa: F401 (it registers itself)
        from bookings.models import ConsultationHours
        from services.models import Edition

        Edition.watch(ConsultationHours)  # the page of a place shows them
