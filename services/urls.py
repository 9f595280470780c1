from django.urls import path

from services import sitemap, views
from services.kept import kept

app_name = "services"

urlpatterns = [
    path("", kept(views.home), name="home"),
    path("therapies/", kept(views.therapies), name="therapies"),
    path("therapies/<slug:slug>/", kept(views.service), name="service"),
    path("locations/", kept(views.locations), name="locations"),
    path("locations/<slug:slug>/", kept(views.location), name="location"),
    path("articles/", kept(views.articles), name="articles"),
    path("articles/<slug:slug>/", kept(views.article), name="article"),
    path("favicon.ico", views.favicon),
    path("robots.txt", sitemap.robots),
    path("sitemap.xml", kept(sitemap.sitemap), name="sitemap"),
    path("<slug:slug>/", kept(views.page), name="page"),  # last here, and harley/urls.py puts this list last: it shadows nothing
]
