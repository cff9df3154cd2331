"""Rules for the title and the jurisdiction of a KV namespace. Pure."""

from enum import StrEnum

from edge_postgres.core.errors import ValidationError


class Jurisdiction(StrEnum):
    """Jurisdiction in which Cloudflare may store the values of a namespace."""

    EU = "eu"
    """The European Union."""
    FEDRAMP = "fedramp"
    """Data centres with a FedRAMP authorisation."""
    US = "us"
    """The United States."""


def validate_title(title: str, *, subject: str) -> str:
    """Returns a title with at least one visible character."""
    if not title.strip():
        raise ValidationError(subject, "must not be empty", "Set a title, or remove the argument.")
    return title
