"""The files that one PgBouncer reads. They hold passwords."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localcloud.account import Account
from localcloud.pooling.origin import PooledOrigin
from localcloud.pooling.program import Program

HOST = "127.0.0.1"
APPLICATION_NAME = "Cloudflare Hyperdrive"

# https://developers.cloudflare.com/hyperdrive/platform/limits/ (October 2026)
CONNECT_TIMEOUT_SECONDS = 15
# How soon a lower limit or another password is felt by a pool that is never idle. Hyperdrive keeps connections longer.
CONNECTION_AGE_SECONDS = 5

# Hyperdrive has no such limit; PgBouncer's default, 100, is soon reached.
MOST_CLIENTS = 10_000
PREPARED_STATEMENTS = 200
# PgBouncer's default, 15, would refuse clients long after a database is back.
LOGIN_PAUSE_SECONDS = 0.1

WRITABLE_NAME = re.compile(r"[A-Za-z0-9_.-]+")
RESERVED_NAME = "pgbouncer"


@dataclass(frozen=True)
class PoolFiles:
    """A folder of one pool. Its files are mode 0600 and the account's; nobody else can put one there."""

    folder: Path
    account: Account | None

    @property
    def settings(self) -> Path:
        return self.folder / "pgbouncer.ini"

    def make(self) -> None:
        self.folder.mkdir(mode=0o711)

    def write_users(self, user: str, password: str) -> None:
        """Who may use the pool."""
        self._write("users.txt", f"{_double_quoted(user)} {_double_quoted(password)}\n")

    def write_settings(self, program: Program, port: int, origin: PooledOrigin) -> None:
        database = {
            "host": origin.place.host,
            "port": origin.place.port,
            "dbname": origin.place.database,
            "user": origin.place.user,
            "password": origin.password,
            "pool_size": origin.connections,
            "application_name": APPLICATION_NAME,
        }
        settings = {
            "listen_addr": HOST,
            "listen_port": port,
            "unix_socket_dir": "",
            "auth_type": "scram-sha-256",
            "auth_file": self.folder / "users.txt",
            "pool_mode": "transaction",
            "max_db_connections": origin.connections,
            "max_client_conn": MOST_CLIENTS,
            "query_wait_timeout": CONNECT_TIMEOUT_SECONDS,
            "server_connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "server_login_retry": LOGIN_PAUSE_SECONDS,
            "server_lifetime": CONNECTION_AGE_SECONDS,
            # Each transaction finds a connection as new, as with Hyperdrive.
            "server_reset_query": "RESET ALL" if program.keeps_prepared_statements else "DISCARD ALL",
            "server_reset_query_always": 1,
            # JDBC always sends it, and it changes nothing here.
            "ignore_startup_parameters": "extra_float_digits",
            "log_connections": 0,
            "log_disconnections": 0,
            "log_stats": 0,
            **self._tls_settings(origin),
        }
        if program.keeps_prepared_statements:
            settings["max_prepared_statements"] = PREPARED_STATEMENTS
        pairs = " ".join(f"{key}={_quoted(value)}" for key, value in database.items())
        entry = f"{name_in_pool(origin.place.database)} = {pairs}"
        self._write(self.settings.name, f"[databases]\n{entry}\n[pgbouncer]\n{_lines(settings)}")

    def _tls_settings(self, origin: PooledOrigin) -> dict[str, object]:
        tls = origin.place.tls
        texts = {"ca": tls.authority, "cert": tls.certificate, "key": tls.private_key}
        files = {kind: text for kind, text in texts.items() if text is not None}
        for kind, text in files.items():
            self._write(f"{kind}.pem", text)
        paths = {f"server_tls_{kind}_file": self.folder / f"{kind}.pem" for kind in files}
        return {"server_tls_sslmode": tls.sslmode, **paths}

    def _write(self, name: str, text: str) -> None:
        """Whole or not at all: PgBouncer may read at any time."""
        unfinished = self.folder / f"{name}.new"
        unfinished.touch(mode=0o600)
        unfinished.write_text(text)
        if self.account:
            os.chown(unfinished, self.account.user_id, self.account.group_id)
        unfinished.replace(self.folder / name)


def name_in_pool(database: str) -> str:
    """The name by which clients ask for the database: its own, where PgBouncer's settings can hold that.

    The entry `*`, which stands for every name, will not do: when it changes, connections that are just being made are
    dropped, and clients are refused for the next second.
    """
    return database if WRITABLE_NAME.fullmatch(database) and database != RESERVED_NAME else "database"


def _lines(settings: Mapping[str, object]) -> str:
    return "".join(f"{key} = {value}\n" for key, value in settings.items())


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _double_quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
