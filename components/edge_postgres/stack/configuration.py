"""Reads the configuration of the current stack: the settings as the engine passes them, and the secrets."""

from collections.abc import Iterator

import pulumi
from pulumi.runtime.config import CONFIG, get_config, get_config_env, is_config_secret

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import Json, JsonInput
from edge_postgres.stack.config_values import parse_value
from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.preview import PLACEHOLDER
from edge_postgres.stack.secrets import KEY as SECRETS_KEY
from edge_postgres.stack.secrets import Secrets, command_to_set, read_secrets


def read_config(stack: str) -> tuple[Json, Secrets, list[SettingError]]:
    """Returns the settings of the project's keys, the secrets, and the errors of the values that cannot be read.

    The name of the stack replaces each `${stack}`. JSON does not have to escape any character of the name.
    """
    project = pulumi.get_project()
    keys = {
        key.removeprefix(f"{project}:") for key in {**get_config_env(), **CONFIG.get()} if key.startswith(f"{project}:")
    }
    raw: Json = {}
    secrets = Secrets()
    errors: list[ValidationError] = []
    for key in sorted(keys - {SECRETS_KEY}):
        text = (get_config(f"{project}:{key}") or "").replace(PLACEHOLDER, stack)
        try:
            raw[key] = parse_value(text, subject=key)
        except ValidationError as error:
            errors.append(error)
    try:
        secrets = read_secrets()
    except ValidationError as error:
        errors.append(error)
    return raw, secrets, [SettingError(error.path, error.detail) for error in errors]


def find_encrypted_settings(raw: JsonInput) -> Iterator[SettingError]:
    """Yields an error for each key with an encrypted value besides the secrets."""
    for key in raw:
        if is_config_secret(f"{pulumi.get_project()}:{key}"):
            yield SettingError(key, f"must not contain an encrypted value. Set secrets below `{SECRETS_KEY}`.")


def find_errors_of_secrets(secrets: Secrets) -> Iterator[SettingError]:
    """Yields an error for plain secrets, and for each secret that is no string or has two values."""
    if not secrets.is_encrypted:
        yield SettingError(SECRETS_KEY, "must be encrypted. Set each secret again with `pulumi config set --secret`.")
    for path in secrets.malformed:
        yield SettingError(f"{SECRETS_KEY}.{path}", f"must be a string. Run: {command_to_set(path)}")
    for path in secrets.repeated:
        yield SettingError(
            f"{SECRETS_KEY}.{path}",
            f"has two values. Remove the key that contains dots, then run: {command_to_set(path)}",
        )
