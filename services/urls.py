from django.urls import path, re_path

from services import media, sitemap, views
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
    re_path(r"^media/(?P<name>[0-9a-f]{32}-[0-9]{1,4}\.(?:avif|webp))$", media.media, name="media"),
    path("<slug:slug>/", kept(views.page), name="page"),  # last here, and harley/urls.py puts this list last: it shadows nothing
]
