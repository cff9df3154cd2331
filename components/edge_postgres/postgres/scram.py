"""What Postgres keeps of a password: enough to check it, not enough to sign in with it."""

import base64
import hashlib
import hmac
import secrets

ITERATIONS = 4096
SALT_BYTES = 16
PREFIX = "SCRAM-SHA-256$"


def scram_verifier(password: str) -> str:
    """``SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>``, taken as it is by `CREATE ROLE … PASSWORD`.

    So no statement holds a password, whatever the server logs. ``password`` is ASCII without control characters:
    others would have to be normalised first. Form: https://www.postgresql.org/docs/18/catalog-pg-authid.html, RFC 5803.
    """
    if not (password.isascii() and password.isprintable()):
        raise ValueError("a password that is made here has printable ASCII characters only")
    salt = secrets.token_bytes(SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored_key = hashlib.sha256(_signed(salted, b"Client Key")).digest()
    keys = f"{_text(stored_key)}:{_text(_signed(salted, b'Server Key'))}"
    return f"{PREFIX}{ITERATIONS}:{_text(salt)}${keys}"


def _signed(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
