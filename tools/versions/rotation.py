"""One cell: the rotation is turned on for a database with tables, and the slots take turns twice."""

import itertools
import secrets
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from edge_postgres.core.json_types import Json
from edge_postgres.http.errors import ApiError
from edge_postgres.postgres.providers import PostgresRoleProvider
from localcloud.postgres import HOST
from tools.matrix import CellFailure
from tools.versions.application import MIGRATION, READER, SCHEMA, WORK, creation_of, migration_of, work_on
from tools.versions.server import Login, RejectedStatement, Server, running_server
from tools.versions.situations import SITUATIONS, Situation

PROVIDER = PostgresRoleProvider()
PAUSE_SECONDS = 0.2
"""Pause of the Worker between two passes."""


def run_cell(name: str, version: str) -> None:
    """Runs the situation on a server of a major version. Raises `CellFailure` at the first lost right."""
    situation = SITUATIONS[name]
    with running_server(version, situation.superuser) as server:
        database = ExistingDatabase.create(server, situation)
        rotate_twice(database)


@dataclass
class ExistingDatabase:
    """A database with tables, whose Worker authenticates as the owner of the tables."""

    server: Server
    situation: Situation
    user: Login
    admin: Login
    slots: dict[str, Json] = field(default_factory=dict)
    """By slot, the outputs of the resource of the login role."""

    @classmethod
    def create(cls, server: Server, situation: Situation) -> "ExistingDatabase":
        password = secrets.token_hex()
        admin, user = Login(situation.admin, password), Login(situation.user, password)
        quoted = f"'{password}'"
        for login, database, statements in (
            (server.superuser, "postgres", situation.statements),
            (admin, "postgres", situation.statements_of_admin),
            (server.superuser, situation.database, situation.statements_in_database),
            (server.superuser, situation.database, [f"create role {READER} nologin"]),
            (user, situation.database, SCHEMA),
        ):
            server.run(login, database, *(each.replace("PASSWORD", quoted) for each in statements))
        return cls(server, situation, user, admin)

    def login_of(self, slot: str) -> Login:
        """Returns the login role of a slot, with the password that the resource returned."""
        return Login(str(self.slots[slot]["name"]), str(self.slots[slot]["password"]))

    def run(self, login: Login, step: str, statements: Sequence[str]) -> None:
        """Executes statements. Raises `CellFailure` with the step if the database rejects one of them."""
        try:
            self.server.run(login, self.situation.database, *statements)
        except RejectedStatement as error:
            raise CellFailure(f"{step}, as {login.name}: {error}") from None

    def props_of(self, slot: str, *, active: bool) -> Json:
        """Returns the inputs of the resource of a slot."""
        return {
            "host": HOST,
            "port": float(self.server.port),
            "database": self.situation.database,
            "admin_user": self.admin.name,
            "admin_password": self.admin.password,
            "ca_pem": self.server.ca_file.read_text(),
            "name": f"{self.situation.group}_{slot}",
            "acts_as": self.situation.group,
            "former_user": self.situation.user,
            "owner": "edge-postgres-versions-main",
            "active": active,
        }

    def turn_on(self) -> None:
        """Creates the login roles of both slots at the same time, as Pulumi does. Slot `a` is active."""

        def create(slot: str) -> Json:
            return PROVIDER.create(self.props_of(slot, active=slot == "a")).outs or {}

        with ThreadPoolExecutor() as pool:
            self.slots = dict(zip("ab", pool.map(create, "ab"), strict=True))

    def activate(self, active: str) -> None:
        """Updates the login roles of both slots at the same time, as `pulumi up` with another active slot does."""

        def update(slot: str) -> Json:
            news = self.props_of(slot, active=slot == active)
            return PROVIDER.update(news["name"], self.slots[slot], news).outs or {}

        with ThreadPoolExecutor() as pool:
            self.slots = dict(zip("ab", pool.map(update, "ab"), strict=True))

    def turn_off(self) -> None:
        """Deletes both login roles."""
        for slot in "ab":
            PROVIDER.delete(str(self.slots[slot]["name"]), self.slots[slot])

    @contextmanager
    def worker_at_work(self, login: Login, step: str) -> Iterator[None]:
        """Executes the statements of a Worker without a pause. Raises `CellFailure` at the end if one was rejected."""
        ended = threading.Event()

        def work() -> None:
            while True:
                self.run(login, step, WORK)
                if ended.wait(PAUSE_SECONDS):
                    return

        with ThreadPoolExecutor() as pool:
            working = pool.submit(work)
            try:
                yield
            finally:
                ended.set()
            working.result()


def rotate_twice(database: ExistingDatabase) -> None:
    """Turns the rotation on, rotates to slot `b` and to slot `a`, and turns the rotation off. Migrations run as well.

    Raises:
        CellFailure: A Worker or a migration lost a right, or the library rejected a step.
    """
    tables: list[str] = []
    numbers = itertools.count()

    def check(step: str, *logins: Login) -> None:
        for login in logins:
            database.run(login, f"{step}, Worker", (*WORK, *(each for table in tables for each in work_on(table))))

    def migrate(step: str, login: Login, others: Sequence[str]) -> None:
        database.run(login, f"{step}, migration", MIGRATION)
        database.run(login, f"{step}, migration", [each for table in others[-3:] for each in migration_of(table)])
        tables.append(f"public.made_{next(numbers)}")
        database.run(login, f"{step}, migration", [creation_of(tables[-1])])
        readable = f"select has_table_privilege('{READER}', '{tables[-1]}', 'SELECT')"
        if not database.server.run(database.server.superuser, database.situation.database, readable):
            raise CellFailure(f"{step}: {READER} cannot read the new table {tables[-1]}.")

    check("before the rotation", database.user)
    try:
        with database.worker_at_work(database.user, "while the rotation is turned on"):
            database.turn_on()
        for active, idle in (("a", "b"), ("b", "a"), ("a", "b")):
            step = f"slot {active} active"
            if idle in database.slots and database.slots[active]["active"] is not True:
                with database.worker_at_work(database.login_of(idle), f"rotation to slot {active}"):
                    database.activate(active)
            former, new, old = database.user, database.login_of(active), database.login_of(idle)
            check(step, former, new, old)
            migrate(step, new, tables)
            check(step, former, new, old)
            migrate(step, old, tables)
            # The former user is the login of migrations that are not part of the Worker. Its new tables are the last
            # ones: the login roles can use them at once, and change them after the next rotation.
            migrate(step, former, tables)
            check(step, former, new, old)
        database.run(database.login_of("a"), "at the end", ["drop table public.obsolete", "drop table public.made_0"])
        tables.remove("public.made_0")
        database.turn_off()
    except ApiError as error:
        raise CellFailure(f"the library: {error}") from None
    check("after the rotation", database.user)
    migrate("after the rotation", database.user, tables)
