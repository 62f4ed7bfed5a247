"""Addresses of the API."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

from casework.api import screen_pop, views
from casework.api.moves import MOVES

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]), name="api-schema"),
    path("screen-pop/", screen_pop.screen_pop, name="api-screen-pop"),
    path("tips/", views.TipList.as_view(), name="api-tips"),
    path("tips/<uuid:pk>/", views.TipDetail.as_view(), name="api-tip"),
    path("referrals/", views.ReferralList.as_view(), name="api-referrals"),
    path("referrals/<uuid:pk>/", views.ReferralDetail.as_view(), name="api-referral"),
    *(
        path(f"referrals/<uuid:pk>/{name}/", views.ReferralMove.as_view(move=name), name=f"api-referral-{name}")
        for name in MOVES
    ),
    path("agencies/", views.AgencyList.as_view(), name="api-agencies"),
    path("agencies/<uuid:pk>/", views.AgencyDetail.as_view(), name="api-agency"),
]
