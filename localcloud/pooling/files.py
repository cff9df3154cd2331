"""The configuration files of one PgBouncer process. They contain passwords."""

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
# Time until a lower limit or another password affects a pool that is never idle. Hyperdrive keeps connections longer.
CONNECTION_AGE_SECONDS = 5

# Hyperdrive has no such limit. PgBouncer's default of 100 is too low.
MAX_CLIENTS = 10_000
PREPARED_STATEMENTS = 200
# PgBouncer's default of 15 would reject clients long after a database is available again.
LOGIN_RETRY_SECONDS = 0.1

WRITABLE_NAME = re.compile(r"[A-Za-z0-9_.-]+")
RESERVED_NAME = "pgbouncer"


@dataclass(frozen=True)
class PoolFiles:
    """The folder of one pool. Its files have mode 0600 and belong to the account. Only the owner can add files."""

    folder: Path
    account: Account | None

    @property
    def settings(self) -> Path:
        return self.folder / "pgbouncer.ini"

    def create(self) -> None:
        self.folder.mkdir(mode=0o711)

    def write_users(self, user: str, password: str) -> None:
        """Writes the user and password that clients of the pool need."""
        self._write("users.txt", f"{_double_quoted(user)} {_double_quoted(password)}\n")

    def write_settings(self, program: Program, port: int, origin: PooledOrigin) -> None:
        database = {
            "host": origin.target.host,
            "port": origin.target.port,
            "dbname": origin.target.database,
            "user": origin.target.user,
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
            "max_client_conn": MAX_CLIENTS,
            "query_wait_timeout": CONNECT_TIMEOUT_SECONDS,
            "server_connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "server_login_retry": LOGIN_RETRY_SECONDS,
            "server_lifetime": CONNECTION_AGE_SECONDS,
            # As with Hyperdrive, each transaction starts with default session settings.
            "server_reset_query": "RESET ALL" if program.keeps_prepared_statements else "DISCARD ALL",
            "server_reset_query_always": 1,
            # JDBC always sends this parameter, and it has no effect here.
            "ignore_startup_parameters": "extra_float_digits",
            "log_connections": 0,
            "log_disconnections": 0,
            "log_stats": 0,
            **self._tls_settings(origin),
        }
        if program.keeps_prepared_statements:
            settings["max_prepared_statements"] = PREPARED_STATEMENTS
        pairs = " ".join(f"{key}={_quoted(value)}" for key, value in database.items())
        entry = f"{name_in_pool(origin.target.database)} = {pairs}"
        self._write(self.settings.name, f"[databases]\n{entry}\n[pgbouncer]\n{_lines(settings)}")

    def _tls_settings(self, origin: PooledOrigin) -> dict[str, object]:
        tls = origin.target.tls
        texts = {"ca": tls.ca_certificate, "cert": tls.certificate, "key": tls.private_key}
        files = {kind: text for kind, text in texts.items() if text is not None}
        for kind, text in files.items():
            self._write(f"{kind}.pem", text)
        paths = {f"server_tls_{kind}_file": self.folder / f"{kind}.pem" for kind in files}
        return {"server_tls_sslmode": tls.sslmode, **paths}

    def _write(self, name: str, text: str) -> None:
        """Writes a file atomically, because PgBouncer may read it at any time."""
        unfinished = self.folder / f"{name}.new"
        unfinished.touch(mode=0o600)
        unfinished.write_text(text)
        if self.account:
            os.chown(unfinished, self.account.user_id, self.account.group_id)
        unfinished.replace(self.folder / name)


def name_in_pool(database: str) -> str:
    """Returns the database name that clients of the pool use: the real name, if PgBouncer's settings can contain it.

    The entry `*`, which matches every name, is not suitable: when it changes, PgBouncer drops connections that are
    being opened, and rejects clients for one second.
    """
    return database if WRITABLE_NAME.fullmatch(database) and database != RESERVED_NAME else "database"


def _lines(settings: Mapping[str, object]) -> str:
    return "".join(f"{key} = {value}\n" for key, value in settings.items())


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _double_quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
