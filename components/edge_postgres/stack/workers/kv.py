"""The KV namespaces of a stack file: made for cached answers, or there already."""

from typing import TYPE_CHECKING, Annotated, Any, Self, cast

from pydantic import AfterValidator, Field, model_validator

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.model import Model, Name
from edge_postgres.workers.kv_cache_rules import Jurisdiction

if TYPE_CHECKING:
    from edge_postgres.workers.kv_cache import KvCacheArgs


class KvSettings(Model):
    """A namespace that the stack makes, or the id of one that is there already and stays as it is."""

    name: Name
    id: (
        Annotated[str, AfterValidator(lambda namespace_id: validate_hex_id(namespace_id, "namespace id", subject=""))]
        | None
    ) = None
    jurisdiction: Annotated[Jurisdiction, Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _made_or_given(self) -> Self:
        if self.id and self.jurisdiction:
            raise ValidationError(
                "jurisdiction", "stands beside `id`; that namespace has one already", "Leave one of them out."
            )
        return self

    def arguments(self, **given: Any) -> "KvCacheArgs | None":
        """The arguments of the component; None where the namespace is there already: its ``id`` is bound."""
        if self.id:
            return None
        return cast("KvCacheArgs", {**given, **self.model_dump(include={"jurisdiction"}, exclude_none=True)})
