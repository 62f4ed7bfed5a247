"""The contact page's forms: what was told, typed while listening. Nothing but the channel is needed."""

from casework.forms.contact.opening import OpenForm
from casework.forms.contact.page import ContactForms, begun_again
from casework.forms.contact.place import zip_place

__all__ = ["ContactForms", "OpenForm", "begun_again", "zip_place"]
