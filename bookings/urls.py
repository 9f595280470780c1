from django.urls import path

from bookings.public import calendar_feed, enquiry_views, offer_views, views

app_name = "bookings"
urlpatterns = [
    path("book/", views.start, name="start"),
    path("book/where/", views.where, name="where"),
    path("book/when/", views.when, name="when"),
    path("book/when/other/", views.other, name="other"),
    path("book/you/", views.you, name="you"),
    path("book/check/", views.check_view, name="check"),
    path("book/clear/", views.clear, name="clear"),
    path("diary/<str:key>.ics", calendar_feed.feed, name="feed"),
    path("request/<str:key>/", enquiry_views.request_page, name="request"),
    path("request/<str:key>/accept/", offer_views.accept, name="accept"),
    path("request/<str:key>/accept/none/", offer_views.none_suit, name="none_suit"),
    path("request/<str:key>/calendar/", enquiry_views.calendar, name="calendar"),
    path("request/<str:key>/change/", enquiry_views.change, name="change"),
    path("request/<str:key>/cancel/", enquiry_views.cancel_view, name="cancel"),
    path("request/<str:key>/earlier/", enquiry_views.earlier, name="earlier"),
    path("request/<str:key>/forget/", enquiry_views.forget, name="forget"),
    path("request/<str:key>/delete/", enquiry_views.delete, name="delete"),
    path("request/<str:key>/again/", enquiry_views.book_again, name="again"),
]
