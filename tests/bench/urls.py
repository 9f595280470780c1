"""The site's own addresses, and those that only the measured site has."""

from django.urls import include, path

from tests.bench import bare
from tests.bench.site import BARE, INSERT, QUERIES, SAVE

urlpatterns = [
    path(BARE[1:], bare.bare),
    path(SAVE[1:], bare.save),
    path(QUERIES[1:], bare.queries),
    path(INSERT[1:], bare.insert),
    path("", include("harley.urls")),
]
