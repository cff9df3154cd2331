"""SCRAM verifiers: the form in which Postgres stores passwords. A client cannot authenticate with a verifier."""

import base64
import hashlib
import hmac
import secrets

ITERATIONS = 4096
SALT_BYTES = 16
PREFIX = "SCRAM-SHA-256$"


def scram_verifier(password: str) -> str:
    """Returns ``SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>`` for `CREATE ROLE … PASSWORD`.

    A statement with a verifier contains no password, so that no log of the server can show the password. ``password``
    must be printable ASCII, because other characters would need normalisation first.
    Sources: https://www.postgresql.org/docs/18/catalog-pg-authid.html and RFC 5803.
    """
    if not (password.isascii() and password.isprintable()):
        raise ValueError("A generated password must contain printable ASCII characters only.")
    salt = secrets.token_bytes(SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored_key = hashlib.sha256(_sign(salted, b"Client Key")).digest()
    keys = f"{_encode(stored_key)}:{_encode(_sign(salted, b'Server Key'))}"
    return f"{PREFIX}{ITERATIONS}:{_encode(salt)}${keys}"


def _sign(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()
