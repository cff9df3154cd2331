"""Static assets of a Worker: `.../workers/scripts/{script}/assets-upload-session` and `.../workers/assets/upload`.

A session lists every file with its hash. The client uploads the files that the Worker does not have yet. The response
to the last upload contains the token with which a version refers to the files. Source:
https://developers.cloudflare.com/workers/static-assets/direct-upload/ (2026-08-10).
"""

import base64
import binascii
import secrets
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.envelope import ApiError, Json, json_object, ok
from localcloud.cloudflare.plan_limits import reject_assets
from localcloud.cloudflare.script_upload import read_parts
from localcloud.cloudflare.versions import newest
from localcloud.emulation.store import Draft, Record, Records

SESSIONS = "asset_sessions"
"""Owned by an account, by token. Deleted by the version that uses their files."""

INVALID = 10021
UNAUTHORIZED = 10000
SESSION_SECONDS = 3600
# Cloudflare decides the number of files per bucket. A small number reveals clients that send only one bucket.
BUCKET_FILES = 50


async def create_session(request: Request) -> Response:
    cloud, account, script = Cloud.of(request), account_of(request), request.path_params["script"]
    manifest = _validate_manifest((await json_object(request)).get("manifest"))
    reject_assets([entry["size"] for entry in manifest.values()], cloud.settings.plan, INVALID)
    draft = cloud.store.draft()
    for old in draft.owned(SESSIONS, account):
        if old["expires"] < time.time():
            draft.delete(SESSIONS, account, old["token"])
    stored_files = _files_of(draft, account, script)
    hashes = {entry["hash"] for entry in manifest.values()}
    session: Record = {
        "token": secrets.token_urlsafe(32),
        "script": script,
        "manifest": manifest,
        "contents": {hash_: file for hash_, file in stored_files.items() if hash_ in hashes},
        "expires": time.time() + SESSION_SECONDS,
    }
    draft.put(SESSIONS, account, session["token"], session)
    cloud.store.commit(draft)
    missing = _missing(session)
    buckets = [missing[start : start + BUCKET_FILES] for start in range(0, len(missing), BUCKET_FILES)]
    return ok({"jwt": session["token"], "buckets": buckets})


async def upload_files(request: Request) -> Response:
    """Receives one bucket of files, with the session's bearer token. Responds to the last with 201 and a new token."""
    cloud, account = Cloud.of(request), account_of(request)
    if request.query_params.get("base64") != "true":
        raise ApiError(400, INVALID, "Assets must be uploaded with `base64=true`")
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    session = cloud.store.get(SESSIONS, account, token)
    if session is None:
        raise ApiError(401, UNAUTHORIZED, "Authentication error: no upload session has this token")
    contents = dict(session["contents"])
    for part in await read_parts(request):
        if part.name not in _missing(session):
            raise ApiError(400, INVALID, f"The session has no file with the hash {part.name}")
        contents[part.name] = {"content_base64": _validate_base64(part.content), "content_type": part.content_type}
    session = {**session, "contents": contents}
    cloud.store.put(SESSIONS, account, token, session)
    return JSONResponse(
        {"success": True, "errors": [], "messages": [], "result": {} if _missing(session) else {"jwt": token}},
        202 if _missing(session) else 201,
    )


def assets_of_upload(draft: Draft, account: str, declared: Any, before: Record | None, *, keep: bool) -> Record | None:
    """Returns the assets of a new version: the uploaded ones, or those of the previous version if they are kept."""
    declared = declared if isinstance(declared, dict) else {}
    previous = before["assets"] if keep and before else None
    files = previous["files"] if previous else {}
    if token := declared.get("jwt"):
        session = draft.get(SESSIONS, account, token)
        if session is None or _missing(session):
            raise ApiError(400, INVALID, "`assets.jwt` must be the token of a finished upload")
        files = {path: session["contents"][entry["hash"]] | entry for path, entry in session["manifest"].items()}
        draft.delete(SESSIONS, account, token)
    elif not previous and not declared.get("config"):
        return None
    return {"files": files, "config": declared.get("config") or (previous["config"] if previous else {})}


def drop_sessions(draft: Draft, account: str, script: str) -> None:
    for session in draft.owned(SESSIONS, account):
        if session["script"] == script:
            draft.delete(SESSIONS, account, session["token"])


def _files_of(records: Records, account: str, script: str) -> dict[str, Json]:
    """Returns the files by hash. Files of the newest version need no second upload."""
    known = records.get("scripts", account, script)
    version = newest(known) if known else None
    files = version["assets"]["files"] if version and version["assets"] else {}
    return {file["hash"]: {name: file[name] for name in ("content_base64", "content_type")} for file in files.values()}


def _missing(session: Record) -> list[str]:
    hashes = {entry["hash"] for entry in session["manifest"].values()}
    return sorted(hashes - set(session["contents"]))


def _validate_manifest(manifest: Any) -> dict[str, Json]:
    if not isinstance(manifest, dict):
        raise ApiError(400, INVALID, "`manifest` must be an object")
    for path, entry in manifest.items():
        hash_ = entry.get("hash") if isinstance(entry, dict) else None
        if not path.startswith("/") or not isinstance(hash_, str) or len(hash_) != 32:
            raise ApiError(
                400, INVALID, f"The manifest's `{path}` must be a path that begins with `/`, with a hash of 32 digits"
            )
    return {path: {"hash": entry["hash"], "size": entry.get("size")} for path, entry in manifest.items()}


def _validate_base64(content: bytes) -> str:
    try:
        base64.b64decode(content, validate=True)
    except binascii.Error:
        raise ApiError(400, INVALID, "A file must be in base64") from None
    return content.decode()


ENDPOINTS = [
    Route("/accounts/{account_id}/workers/scripts/{script}/assets-upload-session", create_session, methods=["POST"]),
    Route("/accounts/{account_id}/workers/assets/upload", upload_files, methods=["POST"]),
]
