"""Settings of a database on an existing server, which other stacks can use too."""

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.postgres.preview_database_rules import validate_database_name
from edge_postgres.stack.context import optional
from edge_postgres.stack.origins.database import Database

if TYPE_CHECKING:
    from edge_postgres.postgres.preview_database import PreviewDatabase


class SharedServer(Database):
    """An existing database. A preview stack can create a separate database on the same server."""

    preview_database: Annotated[
        str | None, AfterValidator(lambda name: name and validate_database_name(name, subject=""))
    ] = None
    """Name of a separate database that a [preview stack](previews.md) creates on the server of this database. Only for
    preview stacks, and for the stacks `local` and `local-NAME`."""
    no_production_data: bool = False
    """Confirms that the database contains no production data. Required in a preview stack without `previewDatabase`."""

    @property
    def has_preview_database(self) -> bool:
        """Whether the stack creates a separate database on the server: `previewDatabase` is set."""
        return self.preview_database is not None

    def create_preview_database(self, name: str, origin: PostgresOrigin) -> "PreviewDatabase":
        """Creates and returns the database that `previewDatabase` names."""
        assert self.preview_database is not None
        from edge_postgres.postgres.preview_database import PreviewDatabase

        return PreviewDatabase(
            name,
            {
                "origin": origin,
                "database_name": self.preview_database,
                "ca_pem": optional(self.ca_pem),
            },
        )
