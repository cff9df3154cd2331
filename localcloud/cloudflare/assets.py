"""Static assets of a Worker: `.../workers/scripts/{script}/assets-upload-session` and `.../workers/assets/upload`.

A session names every file with its hash; what the Worker does not have yet is uploaded; the last upload gives the token
by which a version takes the files. Source: https://developers.cloudflare.com/workers/static-assets/direct-upload/
(2026-08-10).
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
from localcloud.cloudflare.script_upload import parts_of
from localcloud.cloudflare.versions import newest
from localcloud.emulation.store import Draft, Record, Records

SESSIONS = "asset_sessions"
"""Owned by an account, by token; gone with the version that takes their files."""

INVALID = 10021
UNAUTHORIZED = 10000
SESSION_SECONDS = 3600
# Cloudflare decides how many files go together; a few make clients that send one bucket only show themselves.
BUCKET_FILES = 50


async def begin(request: Request) -> Response:
    cloud, account, script = Cloud.of(request), account_of(request), request.path_params["script"]
    manifest = _checked_manifest((await json_object(request)).get("manifest"))
    draft = cloud.store.draft()
    for old in draft.owned(SESSIONS, account):
        if old["expires"] < time.time():
            draft.delete(SESSIONS, account, old["token"])
    there = _files_of(draft, account, script)
    wanted = {entry["hash"] for entry in manifest.values()}
    session: Record = {
        "token": secrets.token_urlsafe(32),
        "script": script,
        "manifest": manifest,
        "contents": {hash_: file for hash_, file in there.items() if hash_ in wanted},
        "expires": time.time() + SESSION_SECONDS,
    }
    draft.put(SESSIONS, account, session["token"], session)
    cloud.store.commit(draft)
    missing = _missing(session)
    buckets = [missing[start : start + BUCKET_FILES] for start in range(0, len(missing), BUCKET_FILES)]
    return ok({"jwt": session["token"], "buckets": buckets})


async def receive(request: Request) -> Response:
    """One bucket of files; its bearer token is the session's. 201 and the token for a version with the last of them."""
    cloud, account = Cloud.of(request), account_of(request)
    if request.query_params.get("base64") != "true":
        raise ApiError(400, INVALID, "Assets are uploaded with `base64=true`")
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    session = cloud.store.get(SESSIONS, account, token)
    if session is None:
        raise ApiError(401, UNAUTHORIZED, "Authentication error: no upload session has this token")
    contents = dict(session["contents"])
    for part in await parts_of(request):
        if part.name not in _missing(session):
            raise ApiError(400, INVALID, f"The session asks for no file with the hash {part.name}")
        contents[part.name] = {"content_base64": _checked_base64(part.content), "content_type": part.content_type}
    session = {**session, "contents": contents}
    cloud.store.put(SESSIONS, account, token, session)
    return JSONResponse(
        {"success": True, "errors": [], "messages": [], "result": {} if _missing(session) else {"jwt": token}},
        202 if _missing(session) else 201,
    )


def taken(draft: Draft, account: str, stated: Any, before: Record | None, *, keep: bool) -> Record | None:
    """The assets of a new version: what `assets` of its metadata brings, else what it keeps of the version before."""
    stated = stated if isinstance(stated, dict) else {}
    kept = before["assets"] if keep and before else None
    files = kept["files"] if kept else {}
    if token := stated.get("jwt"):
        session = draft.get(SESSIONS, account, token)
        if session is None or _missing(session):
            raise ApiError(400, INVALID, "`assets.jwt` is not the token of a finished upload of assets")
        files = {path: session["contents"][entry["hash"]] | entry for path, entry in session["manifest"].items()}
        draft.delete(SESSIONS, account, token)
    elif not kept and not stated.get("config"):
        return None
    return {"files": files, "config": stated.get("config") or (kept["config"] if kept else {})}


def drop_sessions(draft: Draft, account: str, script: str) -> None:
    for session in draft.owned(SESSIONS, account):
        if session["script"] == script:
            draft.delete(SESSIONS, account, session["token"])


def _files_of(records: Records, account: str, script: str) -> dict[str, Json]:
    """By hash; those of the newest version need no second upload."""
    known = records.get("scripts", account, script)
    version = newest(known) if known else None
    files = version["assets"]["files"] if version and version["assets"] else {}
    return {file["hash"]: {name: file[name] for name in ("content_base64", "content_type")} for file in files.values()}


def _missing(session: Record) -> list[str]:
    hashes = {entry["hash"] for entry in session["manifest"].values()}
    return sorted(hashes - set(session["contents"]))


def _checked_manifest(manifest: Any) -> dict[str, Json]:
    if not isinstance(manifest, dict):
        raise ApiError(400, INVALID, "`manifest` is not an object")
    for path, entry in manifest.items():
        hash_ = entry.get("hash") if isinstance(entry, dict) else None
        if not path.startswith("/") or not isinstance(hash_, str) or len(hash_) != 32:
            raise ApiError(400, INVALID, f"The manifest's `{path}` is not a path from `/` with a hash of 32 digits")
    return {path: {"hash": entry["hash"], "size": entry.get("size")} for path, entry in manifest.items()}


def _checked_base64(content: bytes) -> str:
    try:
        base64.b64decode(content, validate=True)
    except binascii.Error:
        raise ApiError(400, INVALID, "A file is not in base64") from None
    return content.decode()


ENDPOINTS = [
    Route("/accounts/{account_id}/workers/scripts/{script}/assets-upload-session", begin, methods=["POST"]),
    Route("/accounts/{account_id}/workers/assets/upload", receive, methods=["POST"]),
]
