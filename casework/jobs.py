"""What the worker does by itself, each minute or each day. Thin: find the time, call the function."""

import functools
import traceback
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from agencies import chain, notices, pager
from agencies.actions import alarms
from casework.actions import call_backs, clocks, paging, shift, silence, trials
from tips.actions import matching, sweeping

EVERY_MINUTE = "* * * * *"
# An hourly look, so that a worker that was down at midnight still sends the day's anchor.
EVERY_HOUR = "7 * * * *"
EVERY_NIGHT = "41 3 * * *"
KEEP_FAILED_HOURS = 30 * 24
MATCH_KEYS_A_RUN = 20_000


class JobFailed(Exception):
    """A job raised. Only the class of the error and the place are kept: its text may quote a record."""


def _without_content(job: Callable[[], object]) -> Callable[..., None]:
    """Keep the text of errors out of the log, and take the time that a periodic job is given."""

    @functools.wraps(job)
    def run(timestamp: int | None = None) -> None:
        try:
            job()
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            place = [frame for frame in frames if "site-packages" not in frame.filename][-1]
            failure = JobFailed(f"{type(error).__name__} at {place.name}, line {place.lineno} of {place.filename}")
        else:
            return
        raise failure

    return run


# No job has a lock: a killed worker would leave it behind and stop the job for good. Each function is safe to run twice
# at once. The queueing lock only keeps a busy worker from piling up the same job.
@app.periodic(cron=EVERY_MINUTE, queueing_lock="expire_referrals")
@app.task
@_without_content
def expire_referrals() -> None:
    """Referrals whose answer is still waited for, and those whose time to answer is over."""
    now = timezone.now()
    silence.remind_due(at=now)
    silence.expire_due(at=now)


@app.periodic(cron=EVERY_HOUR, queueing_lock="ask_feedback")
@app.task
@_without_content
def ask_feedback() -> None:
    """Words that are due on accepted referrals."""
    silence.ask_feedback_due(at=timezone.now())


@app.periodic(cron=EVERY_MINUTE, queueing_lock="sweep_clocks")
@app.task
@_without_content
def sweep_clocks() -> None:
    """Reminders and breaches."""
    clocks.sweep(at=timezone.now())


@app.periodic(cron=EVERY_MINUTE, queueing_lock="climb_alarms")
@app.task
@_without_content
def climb_alarms() -> None:
    """Tips that nobody opened in time become alarms; alarms that nobody answered call the next person."""
    now = timezone.now()
    paging.page_unseen(at=now)
    alarms.climb_due(at=now)


@app.periodic(cron=EVERY_MINUTE, queueing_lock="end_shifts")
@app.task
@_without_content
def end_shifts() -> None:
    """Shifts and call-backs whose time is over."""
    now = timezone.now()
    call_backs.lapse_due(at=now)
    shift.end_lapsed(at=now)


@app.periodic(cron=EVERY_MINUTE, queueing_lock="call_people")
@app.task
@_without_content
def call_people() -> None:
    """Calls of people on call; also asked for by each alarm."""
    pager.make_calls(at=timezone.now())


@app.periodic(cron=EVERY_MINUTE, queueing_lock="deliver_notices")
@app.task
@_without_content
def deliver_notices() -> None:
    """The outbox; also asked for by each notice that is written."""
    notices.deliver_pending(at=timezone.now())


@app.periodic(cron=EVERY_MINUTE, queueing_lock="try_rules")
@app.task
@_without_content
def try_rules() -> None:
    """Rules that are tried on past tips; also asked for by each trial."""
    trials.run_due(at=timezone.now())


@app.periodic(cron=EVERY_MINUTE, queueing_lock="seal")
@app.task
@_without_content
def seal() -> None:
    """The trail's chain."""
    chain.seal()


@app.periodic(cron=EVERY_HOUR, queueing_lock="anchor")
@app.task
@_without_content
def anchor() -> None:
    """Once a day the head of the chain leaves the house, after a look at the whole trail for unsealed events."""
    now = timezone.now()
    if chain.anchor_is_due(at=now):
        chain.seal(thorough=True)
        chain.anchor(at=now)


@app.periodic(cron=EVERY_MINUTE, queueing_lock="keep_match_keys")
@app.task
@_without_content
def keep_match_keys() -> None:
    """Identifiers that were written before today's forms get theirs, some each minute until none is left."""
    matching.keep_missing(most=MATCH_KEYS_A_RUN)


@app.periodic(cron=EVERY_NIGHT, queueing_lock="sweep_files")
@app.task
@_without_content
def sweep_files() -> None:
    """Files that belong to nothing: what a dead process left behind."""
    sweeping.sweep_files()


@app.periodic(cron=EVERY_NIGHT, queueing_lock="count_words")
@app.task
@_without_content
def count_words() -> None:
    """Which words are rare: likeness of wording begins with them."""
    matching.count_words(sample=settings.MATCH_SAMPLE)


@app.periodic(cron=EVERY_NIGHT, queueing_lock="tidy_jobs")
@app.task
async def tidy_jobs(timestamp: int | None = None) -> None:
    """Drop what killed workers left half done (each job comes again by itself) and failures older than a month."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
    await app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


# In the order in which one run of everything makes sense.
ALL = (
    expire_referrals,
    ask_feedback,
    sweep_clocks,
    end_shifts,
    climb_alarms,
    call_people,
    deliver_notices,
    try_rules,
    keep_match_keys,
    count_words,
    seal,
    anchor,
    tidy_jobs,
)
