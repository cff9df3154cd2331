"""Rules for the title and the jurisdiction of a KV namespace."""

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from edge_postgres.core.errors import ValidationError


class Jurisdiction(StrEnum):
    """Jurisdiction in which Cloudflare may store the values of a namespace."""

    EU = "eu"
    """The European Union."""
    FEDRAMP = "fedramp"
    """Data centres with a FedRAMP authorisation."""
    US = "us"
    """The United States."""


if TYPE_CHECKING:
    JurisdictionInput = Jurisdiction | Literal["eu", "fedramp", "us"]
else:
    JurisdictionInput = Jurisdiction


def validate_title(title: str, *, subject: str) -> str:
    """Returns the title unchanged. Raises `ValidationError` for a title without a visible character."""
    if not title.strip():
        raise ValidationError(subject, "must not be empty", "Set a title, or omit `title` to use the default.")
    return title
