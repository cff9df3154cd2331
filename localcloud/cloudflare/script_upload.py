"""The multipart message that carries a script: its modules, and the metadata about them."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from starlette.requests import Request

from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.multipart import MultipartError, Part, parsed
from localcloud.emulation.store import Record

INVALID = 10021
# https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/ (November 2026)
OLDEST_COMPATIBILITY_DATE = "2021-11-02"
# https://developers.cloudflare.com/workers/platform/limits/ (October 2026): 5 minutes.
LARGEST_CPU_MS = 300_000
# Bytes; pulumi-cloudflare 6.23.1 (2026-10-21), `annotations` of WorkersScript.
LARGEST_ANNOTATIONS = {"workers/message": 1000, "workers/tag": 100}


@dataclass(frozen=True)
class Upload:
    metadata: Json
    main_module: str | None
    """None for a Worker of nothing but static assets."""
    modules: Sequence[Record]
    """Name, content type and content (base64) of each; the main module first."""

    @property
    def etag(self) -> str:
        """Changes with the code."""
        return hashlib.sha256(json.dumps(self.modules).encode()).hexdigest()


async def read_upload(request: Request) -> Upload:
    """Raises ``ApiError`` for a message that holds no script that can be run."""
    return upload_in(await parts_of(request))


def upload_in(received: Sequence[Part]) -> Upload:
    """Raises ``ApiError`` for parts that hold no script that can be run."""
    parts = {part.name if part.name == "metadata" else _module_name(part): part for part in received}
    metadata = _object(parts.pop("metadata", None))
    return checked_upload(metadata, {name: _module(part) for name, part in parts.items()})


def checked_upload(metadata: Json, modules: dict[str, Record]) -> Upload:
    """Raises ``ApiError``."""
    main_module = metadata.get("main_module")
    if not main_module and not modules and metadata.get("assets"):
        return Upload(metadata, None, [])
    if not isinstance(main_module, str) or not main_module:
        raise ApiError(
            400,
            INVALID,
            "The metadata has no `main_module`. The local cloud runs ES modules only: give the name of the main one.",
        )
    if main_module not in modules:
        raise ApiError(400, INVALID, f'Uncaught Error: No such module "{main_module}".')
    others = [module for name, module in modules.items() if name != main_module]
    return Upload(metadata, main_module, [modules[main_module], *others])


async def parts_of(request: Request) -> list[Part]:
    try:
        return parsed(await request.body(), request.headers.get("content-type", ""))
    except MultipartError:
        raise ApiError(400, INVALID, "The body is not multipart/form-data") from None


def settings_in(metadata: Json) -> Json:
    """What the metadata says about the script, beside code and bindings; what is left out has its default."""
    return {
        "compatibility_date": checked_compatibility_date(metadata.get("compatibility_date")),
        "compatibility_flags": metadata.get("compatibility_flags") or [],
        "logpush": metadata.get("logpush") or False,
        "usage_model": metadata.get("usage_model") or "standard",
        "placement": _checked_placement(metadata.get("placement") or {}),
        "observability": metadata.get("observability"),
        "limits": _checked_limits(metadata.get("limits") or {}),
        "tail_consumers": metadata.get("tail_consumers"),
        "tags": metadata.get("tags") or [],
        "annotations": _checked_annotations(metadata.get("annotations") or {}),
        "cache_options": metadata.get("cache_options"),
        **{name: metadata[name] for name in ("exports", "package_dependencies") if metadata.get(name)},
    }


def checked_compatibility_date(stated: Any) -> str:
    """An empty or missing date means the oldest."""
    if stated in (None, ""):
        return OLDEST_COMPATIBILITY_DATE
    try:
        day = date.fromisoformat(stated)
    except (TypeError, ValueError):
        raise ApiError(400, INVALID, f"Invalid compatibility date: {stated}. Write it as 2026-08-01.") from None
    if day > datetime.now(UTC).date():
        raise ApiError(400, INVALID, f"Can't set compatibility date in the future: {stated}")
    return day.isoformat()


def _checked_placement(placement: Json) -> Json:
    """One way of saying where: https://developers.cloudflare.com/workers/configuration/placement/ (read 2026-11-21)."""
    ways = [name for name in ("region", "host", "hostname", "target") if placement.get(name)]
    if len(ways) > 1 or (ways and placement.get("mode") == "smart"):
        raise ApiError(400, INVALID, f"`placement` says where in {len(ways) + 1} ways: give one of them")
    return placement


def _checked_limits(limits: Json) -> Json:
    cpu_ms = limits.get("cpu_ms")
    if cpu_ms is not None and not (isinstance(cpu_ms, int | float) and 1 <= cpu_ms <= LARGEST_CPU_MS):
        raise ApiError(400, INVALID, f"`limits.cpu_ms` is {cpu_ms}; it is a number from 1 to {LARGEST_CPU_MS}")
    return limits


def _checked_annotations(annotations: Json) -> Json:
    for name, largest in LARGEST_ANNOTATIONS.items():
        if len((annotations.get(name) or "").encode()) > largest:
            raise ApiError(400, INVALID, f"The annotation `{name}` is longer than {largest} bytes")
    return annotations


def _object(part: Part | None) -> Json:
    try:
        metadata = json.loads(part.content) if part else None
    except ValueError:
        metadata = None
    if not isinstance(metadata, dict):
        raise ApiError(400, INVALID, "The upload has no part `metadata` that is a JSON object")
    return metadata


def _module_name(part: Part) -> str:
    """Cloudflare's Terraform provider names a part as its file, its SDKs name all of them `files[]`."""
    return part.filename or part.name


def _module(part: Part) -> Record:
    return {
        "name": _module_name(part),
        "content_type": part.content_type or "application/octet-stream",
        "content_base64": base64.b64encode(part.content).decode(),
    }
