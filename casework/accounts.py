"""How people sign in: nobody signs up; accounts are made by administrators."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.http import HttpRequest

# One sentence for an unknown name and a wrong password: the page must not tell which names exist.
NO_MATCH = "Name and password do not match. Check both, or choose a new password."


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed."""

    error_messages = {**DefaultAccountAdapter.error_messages, "username_password_mismatch": NO_MATCH}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False


def _plain(form: forms.Form, *, hints: bool = True) -> None:
    """Labels above the fields say what belongs there: no placeholder that vanishes, no link between two fields."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        if not hints:
            field.help_text = ""


class SignInForm(LoginForm):
    """Name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, hints=False)


class PasswordForm(ChangePasswordForm):
    """The old password and, twice, the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""
        _plain(self)


class ForgottenForm(ResetPasswordForm):
    """The address to which the link goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)


class NewPasswordForm(ResetPasswordKeyForm):
    """The new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
