"""Loading what comes with this version: the call guide's questions. What the desk has edited stays as it is."""

import json
from pathlib import Path

from django.db import transaction

from tips.models import GuideQuestion

GUIDE = Path(__file__).resolve().parent.parent / "reference" / "guide.json"


@transaction.atomic
def load_guide() -> int:
    """Add each question that is not there yet; returns how many there are.

    A question whose words are still ours also gets our words for a call that is listened to, where it has none.
    """
    shipped = json.loads(GUIDE.read_text(encoding="utf-8"))
    rows = [GuideQuestion(**row, source=shipped["source"]) for row in shipped["questions"]]
    GuideQuestion.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        GuideQuestion.objects.filter(code=row.code, text=row.text, listened="").update(listened=row.listened)
    return GuideQuestion.objects.count()
