"""Locks that keep this process from changing one Neon project twice at the same time."""

import threading

_locks: dict[str, threading.RLock] = {}
_locks_guard = threading.Lock()


def lock_project(project_id: str) -> threading.RLock:
    """Returns the lock of a project, which all resources of this process share.

    Neon carries out one change of a project at a time. Meanwhile Neon rejects other changes with status 423.
    """
    with _locks_guard:
        return _locks.setdefault(project_id, threading.RLock())
