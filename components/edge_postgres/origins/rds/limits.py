"""Limits of Amazon RDS and Aurora."""

from edge_postgres.core.limit import Limit

_READ_ON = "2026-11-21"
_CLASSES = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html"
_CREATE_INSTANCE = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
_AUTOSCALING = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html"
_SERVERLESS = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.requirements.html"
_AUTO_PAUSE = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html"
_MEASURED = "https://gist.github.com/guizmaii/1cacffef793c2ba9645083c3e18b3d8c"
_BY_CAPACITY = "https://repost.aws/articles/ARm5e6RHE3R4mnHS2S-UZUwA"

_DOUBLED = {"xlarge": 1, "2xlarge": 2, "4xlarge": 4, "8xlarge": 8, "12xlarge": 12, "16xlarge": 16, "24xlarge": 24}


def _gib(value: int) -> Limit:
    return Limit(value, "GiB of memory of an instance class", _CLASSES, _READ_ON)


def _connections(value: int) -> Limit:
    return Limit(value, "connections at a maximum capacity", _BY_CAPACITY, _READ_ON)


# Nominal memory by the letter of the family and the size, without other families and the oldest generations.
RDS_MEMORY = {
    "t": {size: _gib(gib) for size, gib in {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16}.items()}
    | {"2xlarge": _gib(32)},
    "m": {"large": _gib(8)} | {size: _gib(16 * factor) for size, factor in _DOUBLED.items()},
    "r": {"large": _gib(16)} | {size: _gib(32 * factor) for size, factor in _DOUBLED.items()},
}

# max_connections is LEAST(DBInstanceClassMemory / 9531392, 5000); DBInstanceClassMemory is less than nominal.
RDS_BYTES_FOR_ONE_CONNECTION = Limit(9531392, "bytes of memory for one connection", _MEASURED, _READ_ON)

RDS_CONNECTIONS_CEILING = Limit(5000, "connections of one instance by default", _MEASURED, _READ_ON)

# Unverified: slots for rds_superuser and the superuser, which AWS uses.
RDS_RESERVED_CONNECTIONS = Limit(5, "connections that RDS reserves", _CLASSES, _READ_ON)

# By the maximum ACU. The values for 4 and 8 are unverified. A capacity between two rows counts as the lower one.
AURORA_CONNECTIONS = {
    1: _connections(189),
    4: _connections(823),
    8: _connections(1669),
    16: _connections(3360),
    32: _connections(5000),
}

AURORA_CONNECTIONS_CEILING_BELOW_ONE = Limit(
    2000, "connections while the minimum is 0 or 0.5 ACU", _BY_CAPACITY, _READ_ON
)

AURORA_CAPACITY_CEILING = Limit(256, "ACU at most", _SERVERLESS, _READ_ON)

AURORA_CAPACITY_STEPS = Limit(2, "steps of one ACU", _SERVERLESS, _READ_ON)

# From a page about the MySQL edition, with 30 s after more than a day.
AURORA_RESUME_SECONDS = Limit(15, "seconds to resume after a pause", _AUTO_PAUSE, _READ_ON)

RDS_STORAGE_FLOOR = Limit(20, "GiB of gp3 storage", _CREATE_INSTANCE, _READ_ON)

RDS_STORAGE_CEILING = Limit(65536, "GiB of gp3 storage", _CREATE_INSTANCE, _READ_ON)

RDS_GROWTH_FLOOR = Limit(10, "per cent that storage can grow by", _AUTOSCALING, _READ_ON)

RDS_BACKUP_DAYS_CEILING = Limit(35, "days that backups are kept", _CREATE_INSTANCE, _READ_ON)

RDS_NAME_CEILING = Limit(63, "characters of an identifier, a database name or a user name", _CREATE_INSTANCE, _READ_ON)

RDS_PASSWORD_FLOOR = Limit(8, "characters of a password", _CREATE_INSTANCE, _READ_ON)

RDS_PASSWORD_CEILING = Limit(128, "characters of a password", _CREATE_INSTANCE, _READ_ON)
