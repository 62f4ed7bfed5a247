"""Django's PostgreSQL backend, with a server that is looked at before it is trusted and started where it is ours."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any, ClassVar

import psycopg
from django.db.backends.postgresql import base, client
from psycopg_pool import ConnectionPool, PoolClosed

from casework.postgres import binaries, launcher

PROBE_SECONDS = 5
_RENEWING = threading.Lock()


def address(embedded: str) -> dict[str, Any]:
    """Where the embedded server for the directory `embedded` listens."""
    return {"host": str(launcher.socket_directory(embedded)), "port": launcher.PORT}


class DatabaseClient(client.DatabaseClient):
    """psql; for the embedded server the one from the wheel, with the server's socket."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """The command line and environment of psql."""
        embedded = settings_dict.get("EMBEDDED")
        if embedded:
            where = address(embedded)
            settings_dict = {**settings_dict, "HOST": where["host"], "PORT": where["port"]}
        arguments, environment = super().settings_to_cmd_args_env(settings_dict, parameters)
        if embedded:
            arguments[0] = str(binaries.directory() / "psql")
        return arguments, environment


class DatabaseWrapper(base.DatabaseWrapper):
    """`settings_dict["EMBEDDED"]`, a directory, switches the embedded server on.

    A connection pool waits for its whole timeout when no server answers. So the server is tried with a plain
    connection before the first use of the pool and after each failure.
    """

    client_class = DatabaseClient
    _answered: ClassVar[bool] = False
    _connection_pools: ClassVar[dict[str, ConnectionPool]]

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with the socket of the embedded server."""
        parameters: dict[str, Any] = super().get_connection_params()
        if self._embedded:
            parameters |= address(self._embedded)
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; when that fails, start the embedded server and try once more."""
        pool = self.pool
        try:
            if pool and not DatabaseWrapper._answered:
                self._probe(conn_params)
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            DatabaseWrapper._answered = False
            # Another thread that found the server down renews the pool under us: then only try again.
            renewed = isinstance(error, PoolClosed) or self._connection_pools.get(self.alias) is not pool
            if not self._embedded or not (launcher.ensure(self._embedded) or renewed):
                raise
        self._renew(pool)
        return super().get_new_connection(conn_params)

    def _renew(self, pool: ConnectionPool | None) -> None:
        """Drop the pool whose connections belong to the old server: each would cost the pool's timeout."""
        with _RENEWING:
            if pool is not None and self._connection_pools.get(self.alias) is pool:
                self.close_pool()

    @property
    def _embedded(self) -> str | None:
        return self.settings_dict.get("EMBEDDED")

    def _probe(self, conn_params: dict[str, Any]) -> None:
        psycopg.connect(**{"connect_timeout": PROBE_SECONDS, **conn_params}).close()
        DatabaseWrapper._answered = True
