from django.urls import path

from bookings import feed, offer_pages, request_pages, views

app_name = "bookings"
urlpatterns = [
    path("book/", views.start, name="start"),
    path("book/where/", views.where, name="where"),
    path("book/when/", views.when, name="when"),
    path("book/when/other/", views.other, name="other"),
    path("book/you/", views.you, name="you"),
    path("book/check/", views.check, name="check"),
    path("book/clear/", views.clear, name="clear"),
    path("diary/<str:key>.ics", feed.feed, name="feed"),
    path("request/<str:key>/", request_pages.request_page, name="request"),
    path("request/<str:key>/accept/", offer_pages.accept, name="accept"),
    path("request/<str:key>/accept/none/", offer_pages.none_suit, name="none_suit"),
    path("request/<str:key>/calendar/", request_pages.calendar, name="calendar"),
    path("request/<str:key>/change/", request_pages.change, name="change"),
    path("request/<str:key>/cancel/", request_pages.cancel, name="cancel"),
    path("request/<str:key>/earlier/", request_pages.earlier, name="earlier"),
    path("request/<str:key>/forget/", request_pages.forget, name="forget"),
    path("request/<str:key>/delete/", request_pages.delete, name="delete"),
    path("request/<str:key>/again/", request_pages.again, name="again"),
]
