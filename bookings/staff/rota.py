"""When consultations can take place: the rota, hours of single dates, closures and bank holidays."""

from django.contrib import admin
from django.utils import timezone

from bookings.models import ConsultationHours, RotaException
from bookings.staff.displaced import AsksAboutDisplaced
from services.clinic.uk_time import short_date
from services.models import BankHoliday, Closure


class Ahead(admin.SimpleListFilter):
    """What is past matters to nobody at reception; it is one click away."""

    title = "when"
    parameter_name = "when"
    field = "day"

    def lookups(self, request, model_admin):
        return [("all", "Also past ones")]

    def choices(self, changelist):
        yield {"selected": self.value() is None, "query_string": changelist.get_query_string(remove=["when"]), "display": "Ahead"}
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request, queryset):
        return queryset if self.value() else queryset.filter(**{f"{self.field}__gte": timezone.localdate()})


class ClosuresAhead(Ahead):
    field = "last_day"


@admin.register(ConsultationHours)
class ConsultationHoursAdmin(AsksAboutDisplaced):
    fields = list_display = ("location", "weekday", "opens", "closes", "at_once", "every")
    list_display_links = ["location", "weekday"]
    list_filter = ["location", "weekday"]
    list_select_related = ["location"]


@admin.register(RotaException)
class RotaExceptionAdmin(AsksAboutDisplaced):
    list_display = ["date", "location", "opens", "closes", "at_once", "every"]
    list_display_links = ["date", "location"]
    list_filter = [Ahead, "location"]
    date_hierarchy = "day"
    list_select_related = ["location"]
    fieldsets = [
        (
            None,
            {
                "fields": [("location", "day"), ("opens", "closes"), ("at_once", "every")],
                "description": (
                    "These hours count instead of the weekly ones on this date, whether they are more or fewer. "
                    "For two spells on one date, add two rows. For a date without any consultations, add a closure."
                ),
            },
        )
    ]

    @admin.display(ordering="day")
    def date(self, row):
        return f"{short_date(row.day)} {row.day:%Y}"


@admin.register(Closure)
class ClosureAdmin(AsksAboutDisplaced):
    list_display = ["reason", "location", "first_day", "last_day"]
    list_filter = [ClosuresAhead, "location"]
    date_hierarchy = "first_day"
    list_select_related = ["location"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(db_field, request, **({"empty_label": "The whole clinic"} | kwargs))


@admin.register(BankHoliday)
class BankHolidayAdmin(AsksAboutDisplaced):
    """Open as usual until somebody decides otherwise."""

    list_display = ["name", "day", "treatment", "opens", "closes"]
    list_filter = [Ahead, "treatment"]
    date_hierarchy = "day"
