"""How people sign in: nobody signs up; accounts are made by administrators."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.http import HttpRequest

# One sentence for an unknown name and a wrong password: the page must not tell which names exist.
NO_MATCH = "Name and password do not match. Check both, or choose a new password."


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed."""

    error_messages = {**DefaultAccountAdapter.error_messages, "username_password_mismatch": NO_MATCH}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False


class SignInForm(LoginForm):
    """Name and password with labels only: no placeholder, and no link between the two fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)
