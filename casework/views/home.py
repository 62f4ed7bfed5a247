"""The pages that belong to everybody: home by role, help, how the pages look."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agencies.models import Role, User
from casework.frame import KEYS_COOKIE, SOUND_COOKIE, THEME_COOKIE, THEMES

# Where each role lives; the others live in the admin.
HOMES = {Role.OPERATOR: "desk", Role.SUPERVISOR: "desk", Role.LIAISON: "referral-inbox"}
YEAR_SECONDS = 365 * 24 * 3600


class PreferencesForm(forms.Form):
    """How the pages look and listen in this browser."""

    theme = forms.ChoiceField(choices=list(THEMES.items()), required=False)
    keys = forms.BooleanField(required=False, label="Single keys", help_text="Off until you switch them on.")
    sound = forms.BooleanField(
        required=False, label="Sound of an alarm", help_text="While you are on duty. Off until you switch it on."
    )


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponseRedirect:
    """To the place where this role's work is; without a seat at any agency, to the page that says whom to ask."""
    user = request.user
    if not isinstance(user, User) or not user.role:
        return redirect("help")
    return redirect(HOMES.get(Role(user.role), "admin:index"))


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Tasks by role, words, keys, whom to call; asks the database nothing of its own."""
    now = {"theme": request.COOKIES.get(THEME_COOKIE, ""), "keys": request.COOKIES.get(KEYS_COOKIE) == "on"}
    now["sound"] = request.COOKIES.get(SOUND_COOKIE) == "on"
    return render(request, "help.html", {"preferences": PreferencesForm(initial=now)})


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep theme and keys in cookies of this browser: they say nothing about a person or a case."""
    form = PreferencesForm(request.POST)
    response = redirect("help")
    if form.is_valid():
        kept = {THEME_COOKIE: form.cleaned_data["theme"]}
        kept |= {name: "on" if form.cleaned_data[name] else "" for name in (KEYS_COOKIE, SOUND_COOKIE)}
        for name, value in kept.items():
            response.set_cookie(
                name, value, max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
            )
        messages.success(request, "Kept for this browser.")
    return response
