"""What a deployment of a Pages project is made of: the message of `wrangler pages deploy`, read once.

The message holds a manifest of the static files, and for a project with Functions a second message, `_worker.bundle`,
which is the upload of a Worker. Source: github.com/cloudflare/workers-sdk, `packages/wrangler/src/api/pages/deploy.ts`
at wrangler 4.164.0 (November 2026).
"""

import json
from collections.abc import Mapping
from typing import Any

from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.multipart import MultipartError, Part, parsed
from localcloud.cloudflare.pages_configs import INVALID, script_bindings
from localcloud.cloudflare.script_upload import Upload, upload_in
from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.store import Record


def read(parts: Mapping[str, Part], project: Record) -> Record:
    """A deployment with the project's settings as they are now. Raises ``ApiError``."""
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
    """Date, flags and bindings: the project's, or those of a wrangler file with `pages_build_output_dir`.

    That the file wins is what https://developers.cloudflare.com/pages/functions/wrangler-configuration/ says (November
    2026); that secrets stay the project's, nobody says, but no file holds them.
    """
    declared = script_bindings(config)
    stated: Json = config
    if from_file and upload is not None:
        secrets = [binding for binding in declared if binding["type"] == "secret_text"]
        stated, declared = upload.metadata, [*upload.metadata.get("bindings", []), *secrets]
    return {
        "compatibility_date": stated.get("compatibility_date"),
        "compatibility_flags": stated.get("compatibility_flags") or [],
        "bindings": declared,
    }


def _functions(parts: Mapping[str, Part]) -> Upload | None:
    if "_worker.bundle" not in parts:
        return None
    content = parts["_worker.bundle"].content
    # The message inside has no header that tells its boundary: its first line does.
    boundary = content.partition(b"\r\n")[0].removeprefix(b"--").decode(errors="replace")
    try:
        return upload_in(parsed(content, f"multipart/form-data; boundary={boundary}"))
    except MultipartError:
        raise ApiError(400, INVALID, "`_worker.bundle` is not multipart/form-data") from None


def _text(parts: Mapping[str, Part], name: str) -> str | None:
    return parts[name].content.decode(errors="replace") if name in parts else None


def _json(parts: Mapping[str, Part], name: str) -> Any:
    try:
        return json.loads(parts[name].content) if name in parts else None
    except ValueError:
        raise ApiError(400, INVALID, f"`{name}` is no JSON") from None
