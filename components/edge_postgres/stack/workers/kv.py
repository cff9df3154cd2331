"""Settings of the KV namespaces of a stack file."""

from typing import TYPE_CHECKING, Annotated, Self

import pulumi
from pydantic import AfterValidator, Field

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import Name
from edge_postgres.stack.transform import Transformable
from edge_postgres.workers.kv_cache_rules import Jurisdiction, validate_title

if TYPE_CHECKING:
    from edge_postgres.workers.kv_cache import KvCacheArgs

NamespaceId = Annotated[str, AfterValidator(lambda value: validate_hex_id(value, "namespace ID", subject=""))]


class KvSettings(Transformable):
    """A KV namespace that the stack creates, or the ID of an existing namespace, which the stack does not change."""

    name: Name
    id: NamespaceId | None = None
    """ID of an existing namespace, 32 hexadecimal digits. Default: a new namespace."""
    title: Annotated[str, AfterValidator(lambda title: validate_title(title, subject=""))] | None = None
    """Title of a new namespace, unique in the account. Cannot be combined with `id`. Default:
    `<project>-<stack>-<name>`."""
    jurisdiction: Annotated[Jurisdiction, Field(strict=False)] | None = None
    """Jurisdiction in which Cloudflare stores the values of a new namespace. Cannot be combined with `id`.
    Cloudflare's provider 5.22.0 ignores this setting. Default: no restriction."""

    @rule
    def _created_or_existing(self) -> Self:
        for setting in sorted(self.model_fields_set - {"name", "id"}) if self.id else ():
            raise ValidationError(
                setting,
                "cannot be combined with `id`, because the stack does not change an existing namespace",
                f"Remove `{setting}`, or remove `id`.",
            )
        return self

    def args(self, context: StackContext) -> "KvCacheArgs":
        """Returns the arguments of ``KvCache``."""
        return {
            "account_id": context.account_id,
            "title": optional(self.title),
            "jurisdiction": optional(self.jurisdiction),
            "transform": optional(self.transform),
        }

    def create(self, name: str, context: StackContext) -> pulumi.Input[str]:
        """Creates the namespace unless `id` names an existing namespace, and returns the ID of the namespace."""
        if self.id:
            return self.id
        from edge_postgres.workers.kv_cache import KvCache

        return KvCache(name, self.args(context)).namespace_id
