"""When consultations can take place: the rota, and the closures that take times away."""

from django.contrib import admin

from bookings.models import ConsultationHours
from services.models import Closure


@admin.register(ConsultationHours)
class ConsultationHoursAdmin(admin.ModelAdmin):
    list_display = ["location", "weekday", "opens", "closes", "at_once", "every"]
    list_display_links = ["location", "weekday"]
    list_filter = ["location", "weekday"]
    list_select_related = ["location"]


@admin.register(Closure)
class ClosureAdmin(admin.ModelAdmin):
    list_display = ["reason", "location", "first_day", "last_day"]
    list_filter = ["location"]
    date_hierarchy = "first_day"
    list_select_related = ["location"]
