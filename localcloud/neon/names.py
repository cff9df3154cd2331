"""Names and passwords in Neon's format."""

import random
import secrets
import string

ADJECTIVES = ("autumn", "bold", "calm", "cold", "damp", "fancy", "late", "misty", "odd", "quiet", "round", "sweet")
NOUNS = ("bar", "bird", "breeze", "butter", "dawn", "field", "meadow", "moon", "pond", "sun", "term", "wind")
LETTERS_AND_DIGITS = string.ascii_letters + string.digits


def new_project_id() -> str:
    """Returns an id such as ``quiet-term-12345678``."""
    return f"{_words()}-{secrets.randbelow(10**8):08}"


def new_branch_id() -> str:
    return f"br-{_words()}-{_tail()}"


def new_endpoint_id() -> str:
    return f"ep-{_words()}-{_tail()}"


def new_branch_name() -> str:
    """Returns the name of a branch whose name is omitted."""
    return f"{_words()}-{_tail()}"


def new_password() -> str:
    return "npg_" + "".join(secrets.choice(LETTERS_AND_DIGITS) for _ in range(24))


def new_database_id() -> int:
    return secrets.randbelow(10**9)


def _words() -> str:
    return f"{random.choice(ADJECTIVES)}-{random.choice(NOUNS)}"  # noqa: S311  # no secret


def _tail() -> str:
    return "a" + secrets.token_hex(4)[:7]
