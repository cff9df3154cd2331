"""The data that a new server gets: from a snapshot, or from another server at a point in time."""

from typing import TypedDict

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.times import is_utc_time

LATEST = "latest"
"""The latest time to which AWS can restore a server."""


class InstanceTime(TypedDict, total=False):
    """The argument `restore_to_point_in_time` of an instance."""

    source_db_instance_identifier: str
    restore_time: str
    use_latest_restorable_time: bool


class ClusterTime(TypedDict, total=False):
    """The argument `restore_to_point_in_time` of a cluster."""

    source_cluster_identifier: str
    restore_to_time: str
    use_latest_restorable_time: bool


def validate_time(time: str, *, subject: str) -> str:
    """Returns the point in time unchanged.

    Raises:
        ValidationError: The value is neither `latest` nor a time in UTC, such as `2026-11-30T09:45:00Z`.
    """
    if time != LATEST and not is_utc_time(time):
        raise ValidationError(
            subject,
            f"must be `{LATEST}` or a time in UTC, got {time}",
            f"Set `{LATEST}`, or a time of this form: `2026-11-30T09:45:00Z`.",
        )
    return time


def instance_time(source: str, time: str) -> InstanceTime:
    """Returns the argument of an instance that gets the data of another instance."""
    if time == LATEST:
        return {"source_db_instance_identifier": source, "use_latest_restorable_time": True}
    return {"source_db_instance_identifier": source, "restore_time": time}


def cluster_time(source: str, time: str) -> ClusterTime:
    """Returns the argument of a cluster that gets the data of another cluster."""
    if time == LATEST:
        return {"source_cluster_identifier": source, "use_latest_restorable_time": True}
    return {"source_cluster_identifier": source, "restore_to_time": time}


def reject_two_restores(snapshot: bool, *, source: bool, time: bool, subject: str) -> None:
    """Rejects settings that contradict each other.

    Args:
        snapshot: Whether a snapshot is set.
        source: Whether a source is set.
        time: Whether a point in time is set.
        subject: Path of the snapshot.

    Raises:
        ValidationError: A snapshot is combined with a source, or only one of source and point in time is set.
    """
    if snapshot and (source or time):
        raise ValidationError(
            subject,
            "cannot be combined with a source and a point in time, because a server gets its data from one of them",
            "Remove the snapshot, or remove source and time.",
        )
    if source != time:
        given, missing = ("source", "time") if source else ("time", "source")
        raise ValidationError(
            subject,
            f"has a {given} and no {missing}",
            f"Set both: the server whose data is restored, and `{LATEST}` or a time in UTC.",
        )
