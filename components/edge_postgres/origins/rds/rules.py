"""Validation of values for a database on Amazon RDS or Aurora. Some rules of edge-postgres are stricter than AWS."""

import re

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int, to_int_within
from edge_postgres.origins.rds.limits import (
    RDS_BACKUP_DAYS_CEILING,
    RDS_GROWTH_FLOOR,
    RDS_NAME_CEILING,
    RDS_PASSWORD_CEILING,
    RDS_PASSWORD_FLOOR,
    RDS_STORAGE_CEILING,
    RDS_STORAGE_FLOOR,
)
from edge_postgres.origins.rds.network_rules import validate_group_prefix
from edge_postgres.origins.rds.reserved_names import is_reserved_database, is_reserved_role

BACKUP_DAYS = 7
"""Minimum and default number of days that backups are kept.

edge-postgres requires 7 days, because the loss of data may be noticed only days later.
"""
STORAGE_GIB = 20
"""Default storage of an instance, in GiB."""
DEFAULT_GROWTH_FACTOR = 5
"""Default maximum storage, as a multiple of the allocated storage."""
_LONGEST_SUFFIX = "-standby"
"""Longest suffix of the names of Aurora's instances, which begin with the name of the cluster."""


def validate_version(version: object, *, subject: str) -> str:
    """Returns the version of Postgres unchanged.

    Raises:
        ValidationError: The value is not a string with a version. A number is rejected, because YAML reads 17.10 as the
            number 17.1.
    """
    if not isinstance(version, str):
        raise ValidationError(
            subject,
            f"must be a string, got the number {version}",
            'Set a string, such as "17.10". The number 17.10 would be the version 17.1.',
            stack_file_fix="Put the version in quotes. YAML reads 17.10 without quotes as the number 17.1.",
        )
    if not re.fullmatch(r"[1-9][0-9](\.[0-9]+)?", version):
        raise ValidationError(
            subject,
            f"must be a version of Postgres, at least 10, got {version}",
            'Set a major version such as "17", or a full version such as "17.6".',
        )
    return version


def has_minor_version(version: str) -> bool:
    """Returns whether a version contains the minor version, as `17.6` does."""
    return "." in version


def major_version(version: str) -> int:
    """Returns the major version of a version such as `17.6`."""
    return int(version.partition(".")[0])


def parameter_group_family(engine: str, version: str) -> str:
    """Returns the family of parameter groups, such as `postgres17` or `aurora-postgresql17`."""
    return f"{engine}{major_version(version)}"


def validate_identifier(identifier: str, *, subject: str) -> str:
    """Returns the identifier of an instance, a cluster or a proxy unchanged. RDS makes it a part of the host name.

    Raises:
        ValidationError: RDS would reject the identifier, or change it to lower case. Or EC2 would reject the name of
            the security group, which begins with the identifier.
    """
    sound = re.fullmatch(r"[a-z](-?[a-z0-9])*", identifier)
    if not sound or len(identifier) > RDS_NAME_CEILING:
        raise ValidationError(
            subject,
            f"must start with a letter, not end with a hyphen, and have at most {RDS_NAME_CEILING} lower-case letters, "
            f"digits and single hyphens, got {identifier}",
            "Set a name of this form, such as `shop-db`.",
        )
    return validate_group_prefix(identifier, subject=subject)


def validate_cluster_identifier(identifier: str, *, subject: str) -> str:
    """Returns the identifier of a cluster unchanged.

    Raises:
        ValidationError: RDS would reject the identifier, or the longer one of an instance of the cluster.
    """
    validate_identifier(identifier, subject=subject)
    most = RDS_NAME_CEILING - len(_LONGEST_SUFFIX)
    if len(identifier) > most:
        raise ValidationError(
            subject,
            f"must have at most {most} characters for Aurora, because an instance of the cluster gets the name "
            f"{identifier}{_LONGEST_SUFFIX}, got {len(identifier)}",
            f"Set a name of at most {most} characters.",
        )
    return identifier


def validate_key(arn: str, *, subject: str) -> str:
    """Returns the ARN of a KMS key unchanged.

    Raises:
        ValidationError: The value is not the ARN of a key. AWS returns the ARN, so that another form of the name would
            be a change in each deployment.
    """
    if not re.fullmatch(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+", arn):
        raise ValidationError(
            subject,
            f"must be the ARN of a KMS key, got {arn}",
            "Run: aws kms describe-key --key-id <id or alias> --query KeyMetadata.Arn",
        )
    return arn


def validate_database(database: str, *, subject: str) -> str:
    """Returns the name of the database that RDS creates with the server, unchanged.

    Raises:
        ValidationError: RDS reserves the name. Or the name is too long, or has other characters than lower-case
            letters, digits and underscores after a first letter.
    """
    if is_reserved_database(database):
        raise ValidationError(subject, f"cannot be {database}, which RDS reserves", "Set another name, such as `app`.")
    return _validate_name(database, subject=subject)


def validate_user(user: str, *, subject: str) -> str:
    """Returns the name of the master user unchanged.

    Raises:
        ValidationError: RDS or Postgres reserves the name. Or the name is too long, or has other characters than
            lower-case letters, digits and underscores after a first letter.
    """
    if is_reserved_role(user):
        raise ValidationError(subject, f"cannot be {user}, which RDS reserves", "Set another name, such as `app`.")
    return _validate_name(user, subject=subject)


def _validate_name(name: str, *, subject: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or len(name) > RDS_NAME_CEILING:
        raise ValidationError(
            subject,
            f"must have at most {RDS_NAME_CEILING} lower-case letters, digits and underscores, and start with a "
            f"letter, got {name}",
            "Set a name of this form, such as `app`.",
        )
    return name


def validate_password(password: str, *, subject: str) -> str:
    """Returns the password unchanged.

    Raises:
        ValidationError: RDS would reject the password. The message does not show the password.
    """
    sound = re.fullmatch(r"[!-~]*", password) and not re.search(r"[/'\"@]", password)
    if not sound or not RDS_PASSWORD_FLOOR <= len(password) <= RDS_PASSWORD_CEILING:
        raise ValidationError(
            subject,
            f"must have {RDS_PASSWORD_FLOOR} to {RDS_PASSWORD_CEILING} printable ASCII characters, without space, "
            "slash, at sign and quotation marks",
            "Set another password, or omit this setting, so that the stack generates a password.",
        )
    return password


def validate_backup_days(days: float, *, subject: str) -> int:
    """Returns the number of days that backups are kept, as an integer.

    Raises:
        ValidationError: The number is not an integer, is below the minimum of edge-postgres, or is above the maximum of
            RDS.
    """
    days = to_int(days, subject=subject)
    if not BACKUP_DAYS <= days <= RDS_BACKUP_DAYS_CEILING:
        raise ValidationError(
            subject,
            f"must be from {BACKUP_DAYS} days (the minimum of edge-postgres) to {RDS_BACKUP_DAYS_CEILING} days (the "
            f"maximum of RDS), got {days}",
            f"Set a number from {BACKUP_DAYS} to {RDS_BACKUP_DAYS_CEILING}.",
        )
    return days


def validate_storage(allocated: float, *, subject: str) -> int:
    """Returns the allocated gp3 storage in GiB, as an integer.

    Raises:
        ValidationError: The number is not an integer, or is outside of the range of RDS.
    """
    return to_int_within(allocated, RDS_STORAGE_FLOOR, RDS_STORAGE_CEILING, "GiB (gp3 storage)", subject=subject)


def validate_growth(maximum: float | None, allocated: int, *, subject: str) -> int:
    """Returns the maximum storage in GiB, by default five times the allocated storage.

    Raises:
        ValidationError: The maximum is less than 10 percent above the allocated storage, or above the maximum of RDS.
    """
    if maximum is None:
        return min(DEFAULT_GROWTH_FACTOR * allocated, RDS_STORAGE_CEILING)
    maximum = to_int(maximum, subject=subject)
    # In integers, because 1.1 * 50 is a little more than 55 in floating point.
    least = -(-allocated * (100 + RDS_GROWTH_FLOOR) // 100)
    if not least <= maximum <= RDS_STORAGE_CEILING:
        raise ValidationError(
            subject,
            f"must be from {least} to {RDS_STORAGE_CEILING} GiB, got {maximum} GiB. Storage must be able to grow by "
            f"{RDS_GROWTH_FLOOR} percent, because full storage stops the database",
            f"Set a number from {least} to {RDS_STORAGE_CEILING}.",
        )
    return maximum
