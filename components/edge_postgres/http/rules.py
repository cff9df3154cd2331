"""Validation of the API key and of the address of a vendor's API, without Pulumi and without requests."""

import re
from urllib.parse import urlsplit

from edge_postgres.core.errors import ValidationError, missing_value

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


def validate_api_key(api_key: str | None, *, fix: str, subject: str) -> str:
    """Returns the API key without the whitespace around it.

    Raises:
        ValidationError: The API key is missing, empty or malformed. The message does not contain the API key.
    """
    if api_key is None:
        raise missing_value(subject=subject)
    api_key = api_key.strip()
    if not api_key:
        raise ValidationError(subject, "must not be empty", fix)
    # The HTTP client would show an unsendable header, with the API key, in its error message.
    if not re.fullmatch(r"[!-~]+", api_key):
        raise ValidationError(subject, "must not contain spaces, control characters or characters outside ASCII", fix)
    return api_key


def validate_base_url(url: str | None, *, api_key_noun: str, fix: str, subject: str) -> str:
    """Returns the address of an API unchanged.

    Args:
        url: The address.
        api_key_noun: The vendor's name for its API key, for the message: "service token".
        fix: The last sentence of the message.
        subject: Path of the argument or setting with the address.

    Raises:
        ValidationError: The address is missing, or is no https URL. The address of a server on this machine may also
            be an http URL.
    """
    if url is None:
        raise missing_value(subject=subject)
    parsed = urlsplit(url)
    if parsed.scheme == "https" or (parsed.scheme == "http" and parsed.hostname in LOOPBACK_HOSTS):
        return url
    raise ValidationError(
        subject,
        f"must be an https URL, because any other URL would send the {api_key_noun} unencrypted",
        fix,
    )
