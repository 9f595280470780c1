from django.urls import path

from bookings import views

app_name = "bookings"
urlpatterns = [
    path("book/", views.start, name="start"),
    path("book/where/", views.where, name="where"),
    path("book/when/", views.when, name="when"),
    path("book/when/other/", views.other, name="other"),
    path("book/you/", views.you, name="you"),
    path("book/check/", views.check, name="check"),
    path("book/clear/", views.clear, name="clear"),
    path("request/<str:key>/", views.request_page, name="request"),
    path("request/<str:key>/cancel/", views.cancel, name="cancel"),
]
