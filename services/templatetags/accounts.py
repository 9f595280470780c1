"""How templates call members of staff."""

from django import template

from services.clinic.staff_names import account_name, name_of

register = template.Library()
register.filter("staff_name", name_of)
register.filter(account_name)
