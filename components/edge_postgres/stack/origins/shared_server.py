"""A database on a server that is there already: it may be other people's."""

from typing import Annotated, Any

from pydantic import AfterValidator

from edge_postgres.postgres.preview_database_rules import validate_database_name
from edge_postgres.stack.origins.base import Database
from edge_postgres.stack.secrets import Secrets


class SharedServer(Database):
    """A database of somebody's, or, for a preview stack, one of its own beside it."""

    preview_database: Annotated[
        str | None, AfterValidator(lambda name: name and validate_database_name(name, subject=""))
    ] = None
    no_production_data: bool = False

    def arguments(self, secrets: Secrets, physical_name: str) -> Any:
        """The arguments of the component."""
        stated = super().arguments(secrets, physical_name)
        return {key: value for key, value in stated.items() if key not in ("preview_database", "no_production_data")}

    def own(self, origin: Any, owner: str) -> Any:
        """The arguments of its ``PreviewDatabase``; None where it has none."""
        if self.preview_database is None:
            return None
        return {"origin": origin, "database_name": self.preview_database, "ownership_mark": owner, **self.authority()}
