"""The content of a deployment of a Pages project: the message of `wrangler pages deploy`.

The message contains a manifest of the static files. For a project with Functions it also contains a second message,
`_worker.bundle`, which is the upload of a Worker. Source: github.com/cloudflare/workers-sdk,
`packages/wrangler/src/api/pages/deploy.ts` at wrangler 4.164.0 (November 2026).
"""

from collections.abc import Mapping
from typing import Any

from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.multipart import MultipartError, Part, parse_multipart
from localcloud.cloudflare.pages_configs import INVALID, script_bindings
from localcloud.cloudflare.script_upload import Upload, upload_in
from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.store import Record
from localcloud.emulation.strict_json import parse_json


def read_deployment(parts: Mapping[str, Part], project: Record) -> Record:
    """Returns a deployment with the current settings of the project. Raises ``ApiError``."""
    branch = _text(parts, "branch") or project["production_branch"]
    environment = "production" if branch == project["production_branch"] else "preview"
    upload = _functions(parts)
    id_, created_on = new_uuid(), now()
    return {
        "id": id_,
        "short_id": id_[:8],
        "project_id": project["id"],
        "environment": environment,
        "branch": branch,
        "created_on": created_on,
        "commit": {key: _text(parts, f"commit_{key}") for key in ("hash", "message", "dirty")},
        "manifest": _json(parts, "manifest") or {},
        "routes": _json(parts, "_routes.json"),
        "headers": _text(parts, "_headers"),
        "redirects": _text(parts, "_redirects"),
        "functions": None if upload is None else {"main_module": upload.main_module, "modules": list(upload.modules)},
        "settings": _settings(project["deployment_configs"][environment], upload, _text(parts, "wrangler_config_hash")),
        "failure": None,
    }


def _settings(config: Record, upload: Upload | None, from_file: str | None) -> Json:
    """Returns date, flags and bindings: the project's, or those of a wrangler file with `pages_build_output_dir`.

    The file overrides the project: https://developers.cloudflare.com/pages/functions/wrangler-configuration/ (November
    2026). Secrets of the project are kept, which is an assumption, because a file cannot contain them.
    """
    declared = script_bindings(config)
    source: Json = config
    if from_file and upload is not None:
        secrets = [binding for binding in declared if binding["type"] == "secret_text"]
        source, declared = upload.metadata, [*upload.metadata.get("bindings", []), *secrets]
    return {
        "compatibility_date": source.get("compatibility_date"),
        "compatibility_flags": source.get("compatibility_flags") or [],
        "bindings": declared,
    }


def _functions(parts: Mapping[str, Part]) -> Upload | None:
    if "_worker.bundle" not in parts:
        return None
    content = parts["_worker.bundle"].content
    # The inner message has no content type with a boundary, but its first line is the boundary.
    boundary = content.partition(b"\r\n")[0].removeprefix(b"--").decode(errors="replace")
    try:
        return upload_in(parse_multipart(content, f"multipart/form-data; boundary={boundary}"))
    except MultipartError:
        raise ApiError(400, INVALID, "`_worker.bundle` must be multipart/form-data") from None


def _text(parts: Mapping[str, Part], name: str) -> str | None:
    return parts[name].content.decode(errors="replace") if name in parts else None


def _json(parts: Mapping[str, Part], name: str) -> Any:
    try:
        return parse_json(parts[name].content) if name in parts else None
    except ValueError:
        raise ApiError(400, INVALID, f"`{name}` must be JSON") from None
