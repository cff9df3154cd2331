"""Types of the fields of a database on Amazon RDS, each with the rule of its value."""

from typing import Annotated

from pulumi.runtime.config import get_config
from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.origins.rds.rules import (
    validate_backup_days,
    validate_database,
    validate_identifier,
    validate_key,
    validate_password,
    validate_user,
    validate_version,
)
from edge_postgres.origins.rds.windows import validate_backup_window
from edge_postgres.stack.model import SecretPath, context_of


def _valid_password(path: str, info: ValidationInfo) -> str:
    validate_password(context_of(info).secrets[path], subject="")
    return path


def _true_unless_local_or_preview(value: bool | None, info: ValidationInfo) -> bool:
    return not context_of(info).is_local_or_preview if value is None else value


def _region_or_configured(region: str | None) -> str | None:
    if region is None and not get_config("aws:region"):
        raise ValidationError(
            "",
            "is required without the configuration `aws:region`, so that the region does not depend on the "
            "environment of `pulumi up`",
            "Set the region of the database, or set `aws:region` in the configuration of the stack.",
        )
    return region


EngineVersion = Annotated[str, BeforeValidator(lambda version: validate_version(version, subject=""))]
Identifier = Annotated[str, AfterValidator(lambda name: validate_identifier(name, subject=""))]
DatabaseName = Annotated[str, AfterValidator(lambda name: validate_database(name, subject=""))]
MasterUser = Annotated[str, AfterValidator(lambda name: validate_user(name, subject=""))]
MasterPassword = Annotated[SecretPath, AfterValidator(_valid_password)]
BackupDays = Annotated[int, AfterValidator(lambda days: validate_backup_days(days, subject=""))]
BackupWindow = Annotated[str, AfterValidator(lambda text: validate_backup_window(text, subject=""))]
KeyArn = Annotated[str, AfterValidator(lambda arn: validate_key(arn, subject=""))]
Region = Annotated[str | None, AfterValidator(_region_or_configured)]
TrueUnlessTemporary = Annotated[bool | None, AfterValidator(_true_unless_local_or_preview)]
"""True by default, except in `local` and preview stacks."""
