"""The multipart message of a script upload: modules and metadata."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from starlette.requests import Request

from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.multipart import MultipartError, Part, parse_multipart
from localcloud.emulation.store import Record
from localcloud.emulation.strict_json import parse_json

INVALID = 10021
# https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/ (November 2026)
OLDEST_COMPATIBILITY_DATE = "2021-11-02"
# Bytes; pulumi-cloudflare 6.23.1 (2026-10-21), `annotations` of WorkersScript.
MAX_ANNOTATION_BYTES = {"workers/message": 1000, "workers/tag": 100}

TYPES: Mapping[str, type] = {
    **dict.fromkeys(("bindings", "compatibility_flags", "keep_bindings", "tags", "tail_consumers"), list),
    **dict.fromkeys(("annotations", "assets", "exports", "limits", "migrations", "observability", "placement"), dict),
}
"""Types of the fields of the metadata, which may also be omitted or null."""


@dataclass(frozen=True)
class Upload:
    """A valid upload."""

    metadata: Json
    main_module: str | None
    """None for a Worker that has only static assets."""
    modules: Sequence[Record]
    """Name, content type and content (base64) of each module, the main module first."""

    @property
    def etag(self) -> str:
        """A hash of the code."""
        return hashlib.sha256(json.dumps(self.modules).encode()).hexdigest()


async def read_upload(request: Request) -> Upload:
    """Reads the upload of a request. Raises ``ApiError`` if it contains no valid script."""
    return upload_in(await read_parts(request))


def upload_in(received: Sequence[Part]) -> Upload:
    """Reads the upload of parts. Raises ``ApiError`` if they contain no valid script."""
    parts = {part.name if part.name == "metadata" else _module_name(part): part for part in received}
    metadata = _object(parts.pop("metadata", None))
    return validate_upload(metadata, {name: _module(part) for name, part in parts.items()})


def validate_upload(metadata: Json, modules: dict[str, Record]) -> Upload:
    """Validates an upload. Raises ``ApiError``."""
    _validate_types(metadata)
    main_module = metadata.get("main_module")
    if not main_module and not modules and metadata.get("assets"):
        return Upload(metadata, None, [])
    if not isinstance(main_module, str) or not main_module:
        raise ApiError(
            400,
            INVALID,
            "The metadata has no `main_module`. The local cloud runs ES modules only: set the name of the main module.",
        )
    if main_module not in modules:
        raise ApiError(400, INVALID, f'Uncaught Error: No such module "{main_module}".')
    others = [module for name, module in modules.items() if name != main_module]
    return Upload(metadata, main_module, [modules[main_module], *others])


async def read_parts(request: Request) -> list[Part]:
    try:
        return parse_multipart(await request.body(), request.headers.get("content-type", ""))
    except MultipartError:
        raise ApiError(400, INVALID, "The body must be multipart/form-data") from None


def settings_in(metadata: Json) -> Json:
    """Returns the settings in the metadata. Omitted settings have defaults."""
    _validate_types(metadata)
    return {
        "compatibility_date": validate_compatibility_date(metadata.get("compatibility_date")),
        "compatibility_flags": metadata.get("compatibility_flags") or [],
        "logpush": metadata.get("logpush") or False,
        "usage_model": metadata.get("usage_model") or "standard",
        "placement": _validate_placement(metadata.get("placement") or {}),
        "observability": metadata.get("observability"),
        "limits": metadata.get("limits") or {},
        "tail_consumers": metadata.get("tail_consumers"),
        "tags": metadata.get("tags") or [],
        "annotations": _validate_annotations(metadata.get("annotations") or {}),
        "cache_options": metadata.get("cache_options"),
        **{name: metadata[name] for name in ("exports", "package_dependencies") if metadata.get(name)},
    }


def validate_compatibility_date(value: Any) -> str:
    """Validates a compatibility date. An empty or missing date is the oldest one."""
    if value in (None, ""):
        return OLDEST_COMPATIBILITY_DATE
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ApiError(400, INVALID, f"Invalid compatibility date: {value}. Use the format 2026-08-01.") from None
    if day > datetime.now(UTC).date():
        raise ApiError(400, INVALID, f"Can't set compatibility date in the future: {value}")
    return day.isoformat()


def _validate_types(metadata: Json) -> None:
    for name, expected in TYPES.items():
        if not isinstance(metadata.get(name), expected | None):
            raise ApiError(400, INVALID, f"`{name}` must be {'a list' if expected is list else 'an object'}")
    for name in ("compatibility_flags", "keep_bindings", "tags"):
        if not all(isinstance(each, str) for each in metadata.get(name) or []):
            raise ApiError(400, INVALID, f"`{name}` must be a list of strings")
    if not all(isinstance(each, dict) for each in (metadata.get("exports") or {}).values()):
        raise ApiError(400, INVALID, "Each field of `exports` must be an object")


def _validate_placement(placement: Json) -> Json:
    """Allows only one kind of placement.

    Source: https://developers.cloudflare.com/workers/configuration/placement/ (read 2026-11-21).
    """
    kinds = [name for name in ("region", "host", "hostname", "target") if placement.get(name)]
    if len(kinds) > 1 or (kinds and placement.get("mode") == "smart"):
        raise ApiError(400, INVALID, f"`placement` has {len(kinds) + 1} kinds of placement, but must have one")
    return placement


def _validate_annotations(annotations: Json) -> Json:
    for name, largest in MAX_ANNOTATION_BYTES.items():
        annotation = annotations.get(name) or ""
        if not isinstance(annotation, str) or len(annotation.encode()) > largest:
            raise ApiError(400, INVALID, f"The annotation `{name}` must be a string of at most {largest} bytes")
    return annotations


def _object(part: Part | None) -> Json:
    try:
        metadata = parse_json(part.content) if part else None
    except ValueError:
        metadata = None
    if not isinstance(metadata, dict):
        raise ApiError(400, INVALID, "The upload needs a part `metadata` with a JSON object")
    return metadata


def _module_name(part: Part) -> str:
    """Returns the file name, because Cloudflare's SDKs name all parts `files[]`.

    The Terraform provider uses the name.
    """
    return part.filename or part.name


def _module(part: Part) -> Record:
    return {
        "name": _module_name(part),
        "content_type": part.content_type or "application/octet-stream",
        "content_base64": base64.b64encode(part.content).decode(),
    }
