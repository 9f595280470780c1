from django.urls import path, re_path

from services import views
from services.images import serving
from services.pages import sitemap
from services.pages.page_cache import cached_page

app_name = "services"

urlpatterns = [
    path("", cached_page(views.home), name="home"),
    path("therapies/", cached_page(views.therapies), name="therapies"),
    path("therapies/<slug:slug>/", cached_page(views.service), name="service"),
    path("locations/", cached_page(views.locations), name="locations"),
    path("locations/<slug:slug>/", cached_page(views.location), name="location"),
    path("articles/", cached_page(views.articles), name="articles"),
    path("articles/<slug:slug>/", cached_page(views.article), name="article"),
    path("favicon.ico", views.favicon),
    path("robots.txt", sitemap.robots),
    path(".well-known/security.txt", sitemap.security_txt, name="security_txt"),
    path("sitemap.xml", cached_page(sitemap.sitemap), name="sitemap"),
    re_path(r"^media/(?P<name>[0-9a-f]{32}-[0-9]{1,4}\.(?:avif|webp))$", serving.media, name="media"),
    path("<slug:slug>/", cached_page(views.page), name="page"),  # last here, and harley/urls.py puts this list last: it shadows nothing
]
