"""What nobody writes by hand: history, seals, anchors; and no words in a notice."""

from django.db import migrations, models

from agencies.rls import NOT_BY_HAND, by_system_only, by_trigger_only


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_duty")]
    operations = [
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("path__regex", "^/[A-Za-z0-9/_-]*$"),
                    ("reference__regex", "^([A-Z]{1,6}-[0-9]{4}-[0-9]{6,12}-[A-Z])?$"),
                    ("code__regex", "^[a-z_]+$"),
                ),
                name="notice_holds_no_words",
            ),
        ),
        migrations.RunSQL(NOT_BY_HAND, "drop function casework_not_by_hand();"),
        *[by_trigger_only(f"agencies_{name}event") for name in ("agency", "service", "membership")],
        *[by_system_only(f"agencies_{name}") for name in ("seal", "sealedevent", "anchor")],
    ]
