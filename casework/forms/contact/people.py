"""The people: a form a person, with what belongs to each."""

from typing import Any

from django import forms
from django.http import QueryDict

from casework.forms.contact.identifiers import belonging_to, rows_of
from casework.forms.contact.person import PersonForm
from casework.forms.contact.section import Section
from tips.models import Contact

MOST = 60

PersonForms = forms.formset_factory(PersonForm, extra=1, max_num=MOST, absolute_max=MOST)


class PeopleSection(Section):
    """A form a person."""

    code = "people"
    title = "People"
    adds = ("add_person", "person")

    @classmethod
    def begin(cls, data: QueryDict, contact: Contact) -> None:
        """One empty person."""
        data.setdefault("person-TOTAL_FORMS", "1")
        data.setdefault("person-INITIAL_FORMS", "0")

    def make_rows(self, data: QueryDict) -> Any:
        """The persons."""
        return PersonForms(data, prefix="person")

    def told(self) -> dict[str, Any]:
        """Those of whom anything was said, each with the phones, handles and plates that are theirs."""
        rows = rows_of(self.data)  # type: ignore[arg-type]
        rows.is_valid()
        found = [person.told(belonging_to(rows, str(number))) for number, person in enumerate(self.rows.forms, start=1)]
        return {"persons": tuple(told for told in found if told)}
