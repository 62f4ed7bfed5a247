"""`manage.py worker`: runs the jobs, beside the web server."""

import asyncio
import contextlib
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from casework import jobs
from casework.startup import refuse_or_serve

# A few, so that a slow mail server does not hold up the clocks.
CONCURRENCY = 4
RETRY_SECONDS = 5
# What a stopped worker gives its running jobs; a deed that is cut off is rolled back and comes again.
GRACE_SECONDS = 20
_STOPPING = (signal.SIGTERM, signal.SIGINT)


class Command(BaseCommand):
    """Stops cleanly on SIGTERM and SIGINT; waits for a database that is away."""

    help = "Run the jobs: clocks, notices, the audit chain. Stops on SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        """Once or for ever."""
        parser.add_argument("--once", action="store_true", help="do everything that is due, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse like the web server does, then work."""
        refuse_or_serve()
        if options["once"]:
            self._once()
            return
        asyncio.run(self._serve())
        self.stdout.write("The worker has stopped.")

    def _once(self) -> None:
        asked = [job.configure().defer() for job in jobs.ALL]
        connection.close()
        asyncio.run(_work(wait=False, concurrency=1))
        with connection.cursor() as cursor:
            cursor.execute(
                "select task_name from procrastinate_jobs where id = any(%s) and status = 'failed' order by id", [asked]
            )
            failed = [name.rpartition(".")[2] for (name,) in cursor.fetchall()]
        if failed:
            raise CommandError(f"These jobs failed: {', '.join(failed)}. The log names the place.")
        self.stdout.write("Everything that was due is done.")

    async def _serve(self) -> None:
        stop = asyncio.Event()
        for number in _STOPPING:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        self.stdout.write("The worker is running.")
        while not stop.is_set():
            work = asyncio.create_task(_work(wait=True, concurrency=CONCURRENCY))
            waiting = asyncio.create_task(stop.wait())
            await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if stop.is_set():
                work.cancel()
            (ended,) = await asyncio.gather(work, return_exceptions=True)
            if not stop.is_set():
                # Without a signal it ends when its connection does.
                why = type(ended).__name__ if ended else "connection lost"
                self.stderr.write(f"The database is away ({why}). Trying again in {RETRY_SECONDS} seconds.")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RETRY_SECONDS)


async def _work(*, wait: bool, concurrency: int) -> None:
    """Run procrastinate's worker over connections of its own, until there is nothing to do or it is cancelled."""
    # Django's way of connecting starts the embedded server when it is down.
    await asyncio.to_thread(_connect)
    with app.replace_connector(DjangoConnector().get_worker_connector()):
        async with app.open_async():
            await app.run_worker_async(
                wait=wait,
                concurrency=concurrency,
                install_signal_handlers=False,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
            )


def _connect() -> None:
    with contextlib.closing(connection):
        connection.ensure_connection()
