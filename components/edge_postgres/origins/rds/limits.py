"""Limits of Amazon RDS and Aurora."""

from edge_postgres.core.limit import Limit

_READ_ON = "2026-11-21"
_CLASSES = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html"
_CREATE_INSTANCE = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
_AUTOSCALING = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html"
_GP3 = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage"
_READ_LATER_ON = "2026-11-30"
_STORAGE_OPTIONS = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ValidStorageOptions.html"
_SERVERLESS = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.requirements.html"
_AUTO_PAUSE = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html"
_MEASURED = "https://gist.github.com/guizmaii/1cacffef793c2ba9645083c3e18b3d8c"
_BY_CAPACITY = "https://repost.aws/articles/ARm5e6RHE3R4mnHS2S-UZUwA"

# Memory of each size as a multiple of the memory of xlarge.
_MULTIPLES_OF_XLARGE = {"xlarge": 1, "2xlarge": 2, "4xlarge": 4, "8xlarge": 8, "12xlarge": 12, "16xlarge": 16}
_MULTIPLES_OF_XLARGE |= {"24xlarge": 24}


def _gib(value: int) -> Limit:
    return Limit(value, "GiB of memory of an instance class", _CLASSES, _READ_ON)


def _connections(value: int) -> Limit:
    return Limit(value, "connections that Aurora accepts at this maximum capacity", _BY_CAPACITY, _READ_ON)


# Nominal memory of an instance class, by the letter of its family and by its size. Other families and the oldest
# generations are missing.
RDS_MEMORY = {
    "t": {size: _gib(gib) for size, gib in {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16}.items()}
    | {"2xlarge": _gib(32)},
    "m": {"large": _gib(8)} | {size: _gib(16 * multiple) for size, multiple in _MULTIPLES_OF_XLARGE.items()},
    "r": {"large": _gib(16)} | {size: _gib(32 * multiple) for size, multiple in _MULTIPLES_OF_XLARGE.items()},
}

# The default of max_connections is LEAST(DBInstanceClassMemory / 9531392, 5000). The variable DBInstanceClassMemory is
# less than the nominal memory.
RDS_BYTES_FOR_ONE_CONNECTION = Limit(9531392, "bytes of memory for one connection", _MEASURED, _READ_ON)

RDS_CONNECTIONS_CEILING = Limit(5000, "connections of one instance by default", _MEASURED, _READ_ON)

# Unverified: AWS reserves connections for its role rds_superuser and for the superuser.
RDS_RESERVED_CONNECTIONS = Limit(5, "connections that RDS reserves", _CLASSES, _READ_ON)

# By the maximum capacity in ACU. The values for 4 and 8 ACU are unverified. Between two rows, the lower row applies.
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

AURORA_CAPACITY_CEILING = Limit(256, "ACU of maximum capacity", _SERVERLESS, _READ_ON)

AURORA_CAPACITY_STEPS = Limit(2, "steps of the capacity in one ACU", _SERVERLESS, _READ_ON)

# The typical time. After a pause of more than a day, the resume can take 30 s or longer.
AURORA_RESUME_SECONDS = Limit(15, "seconds to resume after a pause", _AUTO_PAUSE, _READ_ON)

RDS_STORAGE_FLOOR = Limit(20, "GiB of gp3 storage", _CREATE_INSTANCE, _READ_ON)

RDS_STORAGE_CEILING = Limit(65536, "GiB of gp3 storage", _CREATE_INSTANCE, _READ_ON)

RDS_GROWTH_FLOOR = Limit(10, "percent by which storage must be able to grow", _AUTOSCALING, _READ_ON)

RDS_PERFORMANCE_FLOOR = Limit(400, "GiB of gp3 storage from which its performance can be set", _GP3, _READ_LATER_ON)

RDS_IOPS_FLOOR = Limit(12000, "I/O operations per second of gp3 storage", _GP3, _READ_LATER_ON)

RDS_IOPS_CEILING = Limit(64000, "I/O operations per second of gp3 storage", _GP3, _READ_LATER_ON)

RDS_THROUGHPUT_FLOOR = Limit(500, "MiB/s of throughput of gp3 storage", _GP3, _READ_LATER_ON)

RDS_THROUGHPUT_CEILING = Limit(4000, "MiB/s of throughput of gp3 storage", _GP3, _READ_LATER_ON)

RDS_IOPS_FOR_ONE_MIB = Limit(4, "I/O operations per second for 1 MiB/s of throughput", _STORAGE_OPTIONS, _READ_LATER_ON)

RDS_WINDOW_FLOOR = Limit(30, "minutes of a time range for maintenance or backups", _CREATE_INSTANCE, _READ_LATER_ON)

RDS_BACKUP_DAYS_CEILING = Limit(35, "days that backups are kept", _CREATE_INSTANCE, _READ_ON)

RDS_NAME_CEILING = Limit(63, "characters of an identifier, a database name or a user name", _CREATE_INSTANCE, _READ_ON)

RDS_PASSWORD_FLOOR = Limit(8, "characters of a password", _CREATE_INSTANCE, _READ_ON)

RDS_PASSWORD_CEILING = Limit(128, "characters of a password", _CREATE_INSTANCE, _READ_ON)
