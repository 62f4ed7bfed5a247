"""Casework's addresses, and those of the floors."""

from django.urls import include, path

from bench import floors

urlpatterns = [
    path("bench/floor-page/", floors.floor_page),
    path("bench/floor-post/", floors.floor_post),
    path("", include("casework.urls")),
]

handler400 = "casework.errors.bad_request"
handler403 = "casework.errors.forbidden"
handler404 = "casework.errors.not_found"
handler500 = "casework.errors.server_error"
