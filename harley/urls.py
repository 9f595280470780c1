"""The whole site map."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from harley import views

urlpatterns = [
    path("", include("bookings.urls")),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("healthz/deep", views.healthz_deep, name="healthz_deep"),
    path("", include("services.urls")),  # last: staff give their pages any address that nothing above has
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
