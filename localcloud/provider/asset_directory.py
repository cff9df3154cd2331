"""Uploads of a directory of static assets to a Worker.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/workers_script/assets.go` (2026).
"""

import base64
import hashlib
import json
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from localcloud.provider.errors import InputError, ProviderError
from localcloud.provider.project_files import OutsideProject, describe, project_path
from localcloud.provider.property_map import UNKNOWN, PropertyMap
from localcloud.provider.rest import Api
from localcloud.provider.rest_resource import expand_path

# Number of hexadecimal digits of a file's SHA-256 hash.
HASH_DIGITS = 32


@dataclass(frozen=True)
class Asset:
    path: Path
    hash: str

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def with_manifest_hash(inputs: PropertyMap) -> PropertyMap:
    """Returns the inputs with `assets.assetManifestSha256`, which changes with the files."""
    directory = directory_of(inputs)
    if directory is None:
        return inputs
    try:
        manifest = _wire(_manifest(directory))
    except OSError:
        return inputs  # the validation of the inputs reports the error
    text = json.dumps(manifest, separators=(",", ":"), ensure_ascii=False)
    return inputs | {"assets": {**inputs["assets"], "assetManifestSha256": hashlib.sha256(text.encode()).hexdigest()}}


def asset_errors(inputs: PropertyMap) -> Iterator[InputError]:
    directory = directory_of(inputs)
    if directory is None:
        return
    try:
        is_directory = project_path(directory).is_dir()
    except OutsideProject as error:
        yield InputError("assets", describe("assets.directory", directory, error, fix=""))
        return
    if not is_directory:
        yield InputError(
            "assets", f"`assets.directory` must be a directory, got `{directory}`. Build the assets first."
        )


def directory_of(inputs: PropertyMap) -> Path | None:
    """Returns the directory, or None if it is not set, not known, or replaced by a token of uploaded files."""
    assets = inputs.get("assets")
    if not isinstance(assets, dict) or assets.get("directory") in (None, UNKNOWN) or assets.get("jwt"):
        return None
    return Path(assets["directory"])


def upload_assets(client: Api, account: str, script: str, directory: Path) -> str:
    """Uploads the files that the Worker does not have yet.

    Returns the token with which a version refers to all files.
    """
    manifest = _manifest(directory)
    names = {"account": account, "script": script}
    session = client.result(
        "POST",
        expand_path("accounts/{account}/workers/scripts/{script}/assets-upload-session", names),
        {"manifest": _wire(manifest)},
    )
    by_hash = {asset.hash: asset for asset in manifest.values()}
    token: str = session.get("jwt") or ""
    headers = {"Authorization": f"Bearer {token}"}
    for bucket in session.get("buckets") or ():
        answer = client.result(
            "POST",
            expand_path("accounts/{account}/workers/assets/upload", names),
            files=[_part(by_hash[hash_]) for hash_ in bucket],
            params={"base64": "true"},
            headers=headers,
        )
        token = (answer or {}).get("jwt") or token
    if not token:
        raise ProviderError("The API returned no token for the uploaded assets.")
    return token


def _manifest(directory: Path) -> dict[str, Asset]:
    """Returns the files by path from `/`, sorted. Raises ``OSError``."""
    if not project_path(directory).is_dir():
        raise NotADirectoryError(directory)
    files = sorted(path for path in directory.absolute().rglob("*") if path.is_file())
    return {
        f"/{path.relative_to(directory.absolute()).as_posix()}": Asset(
            path, hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_DIGITS]
        )
        for path in files
    }


def _wire(manifest: Mapping[str, Asset]) -> PropertyMap:
    return {path: {"hash": asset.hash, "size": asset.size} for path, asset in sorted(manifest.items())}


def _part(asset: Asset) -> tuple[str, tuple[str, bytes, str]]:
    kind = mimetypes.guess_type(asset.path.name)[0] or "application/octet-stream"
    return asset.hash, (str(asset.path), base64.b64encode(asset.path.read_bytes()), kind)
