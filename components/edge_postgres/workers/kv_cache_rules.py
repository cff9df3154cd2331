"""What a KV namespace may be called and where it may lie. Pure."""

from enum import StrEnum

from edge_postgres.core.errors import ValidationError


class Jurisdiction(StrEnum):
    """Where Cloudflare may store the values of a namespace."""

    EU = "eu"
    """The European Union."""
    FEDRAMP = "fedramp"
    """Data centres with a FedRAMP authorisation."""
    US = "us"
    """The United States."""


def validate_title(title: str, *, subject: str) -> str:
    """A title that somebody can read."""
    if not title.strip():
        raise ValidationError(subject, "is empty", "Write one, or leave it out.")
    return title
