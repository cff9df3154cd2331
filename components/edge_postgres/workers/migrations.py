"""Migrations of Durable Objects: their fields, and the rules for a version that contains a migration.

Cloudflare applies the migration of a version when the version is deployed. Sources: the field `migrations` of a version
in the API's schema (https://developers.cloudflare.com/api/resources/workers/), and
https://developers.cloudflare.com/workers/versions-and-deployments/gradual-deployments/with-durable-objects/, read on
2026-11-30.
"""

from collections.abc import Iterable, Iterator, Mapping

from edge_postgres.core.args import snake_case
from edge_postgres.core.cloudflare_inputs import find_problems
from edge_postgres.core.cloudflare_schema import migrations_schema
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import Json, JsonInput, JsonValue

_CREATED = ("new_classes", "new_sqlite_classes")
_RENAMED = ("renamed_classes", "transferred_classes")
_CHANGES = (*_CREATED, *_RENAMED, "deleted_classes", "steps")


def validate_migrations(migrations: JsonInput, *, subject: str) -> Json:
    """Returns the migration with the names of the API, such as `new_tag`. Other languages write `newTag`.

    Raises:
        ValidationError: A field is unknown, so that Cloudflare's provider would drop it, or has a wrong type.
    """
    if not isinstance(migrations, Mapping):
        raise ValidationError(subject, "must be a map", "Set fields of the API, for example `new_tag`.")
    renamed: Json = _with_names_of_the_api(migrations)
    for invalid in find_problems(migrations_schema(), renamed):
        raise ValidationError(f"{subject}.{invalid.path}", invalid.problem, invalid.fix)
    return renamed


def is_applied_by_a_deployment(migrations: JsonInput) -> bool:
    """Returns whether the deployment of a version with this migration changes classes, or the tag."""
    new_tag = migrations.get("new_tag")
    return any(migrations.get(change) for change in _CHANGES) or new_tag not in (None, migrations.get("old_tag"))


def reject_gradual_migration(migrations: JsonInput, percentage: float, *, subject: str) -> None:
    """Raises ``ValidationError`` for a migration in a version that does not receive all requests."""
    if percentage < 100 and is_applied_by_a_deployment(migrations):
        raise ValidationError(
            f"{subject}.migrations",
            f"cannot be combined with `percentage: {percentage:g}`, because Cloudflare applies a migration to all "
            "Durable Objects at once",
            "Deploy the migration alone with `percentage: 100`. Then set equal tags without classes, for example "
            "`{old_tag: v1, new_tag: v1}`, and start the rollout.",
        )


def reject_binding_of_new_class(migrations: JsonInput, bound: Iterable[tuple[str, object]], *, subject: str) -> None:
    """Raises ``ValidationError`` for a binding of a version to a class that the migration of this version creates.

    Cloudflare rejects such a version with code 10061, because the class does not exist before the deployment. Source:
    a Terraform configuration that is tested with an account,
    https://github.com/moda-labs/bobi-agent/blob/main/examples/self-host/terraform/main.tf, read on 2026-11-30.

    Args:
        migrations: The migration.
        bound: The name of each binding to an own class of the Worker, with the class.
        subject: Path of the Worker.
    """
    new = set(_new_classes(migrations))
    for name, class_name in bound:
        if isinstance(class_name, str) and class_name in new:
            raise ValidationError(
                f"{subject}.durable_objects.{name}",
                f"must not bind {class_name} in the version whose migration creates the class, because Cloudflare "
                "creates the class with the deployment of the version",
                "Remove the binding, and deploy the migration. Then add the binding again, and set equal tags without "
                "classes, for example `{old_tag: v1, new_tag: v1}`.",
            )


def _new_classes(migrations: JsonInput) -> Iterator[JsonValue]:
    for step in (migrations, *(migrations.get("steps") or ())):
        for created in _CREATED:
            yield from step.get(created) or ()
        for renamed in _RENAMED:
            yield from (each.get("to") for each in step.get(renamed) or ())


def _with_names_of_the_api(value: JsonValue) -> JsonValue:
    if isinstance(value, Mapping):
        # `from` is a keyword of Python, so the SDK writes `from_`.
        return {snake_case(key).removesuffix("_"): _with_names_of_the_api(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_names_of_the_api(item) for item in value]
    return value
