"""A database on an existing server, which other stacks may use too."""

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.postgres.preview_database_rules import validate_database_name
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.origins.database import Database

if TYPE_CHECKING:
    from edge_postgres.postgres.preview_database import PreviewDatabase


class SharedServer(Database):
    """An existing database, or a separate one on its server for a preview stack."""

    preview_database: Annotated[
        str | None, AfterValidator(lambda name: name and validate_database_name(name, subject=""))
    ] = None
    no_production_data: bool = False

    def create_preview_database(
        self, name: str, origin: PostgresOrigin, context: StackContext
    ) -> "PreviewDatabase | None":
        """Creates the separate database of a preview stack. Returns None without `previewDatabase`."""
        if self.preview_database is None:
            return None
        from edge_postgres.postgres.preview_database import PreviewDatabase

        return PreviewDatabase(
            name,
            {
                "origin": origin,
                "database_name": self.preview_database,
                "ownership_mark": context.physical_name(name),
                "ca_pem": optional(self.ca_pem),
            },
        )
