from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = "Requests and times"

    def ready(self) -> None:
        from bookings import checks  # noqa: F401 (it registers itself)
        from bookings.models import ConsultationHours, RotaException
        from services.models import Edition

        for model in (ConsultationHours, RotaException):
            Edition.watch(model)  # the page of a place shows them
