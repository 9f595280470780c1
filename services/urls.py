from django.urls import path

from services import sitemap, views

app_name = "services"

urlpatterns = [
    path("", views.home, name="home"),
    path("therapies/", views.therapies, name="therapies"),
    path("therapies/<slug:slug>/", views.service, name="service"),
    path("locations/", views.locations, name="locations"),
    path("locations/<slug:slug>/", views.location, name="location"),
    path("articles/", views.articles, name="articles"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("favicon.ico", views.favicon),
    path("robots.txt", sitemap.robots),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("<slug:slug>/", views.page, name="page"),  # last here, and harley/urls.py puts this list last: it shadows nothing
]
