"""The additional modules of a version: WASM, text, data and ES modules."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict, cast

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import JsonInput
from edge_postgres.core.paths import PathInput
from edge_postgres.workers.assets import RULE_FILES
from edge_postgres.workers.limits import WORKER_SIZE_BYTES


class ModuleKind(StrEnum):
    """The kind of a module. It decides which value an `import` of the module returns."""

    ESM = "esm"
    """JavaScript, an ES module."""
    WASM = "wasm"
    """A compiled `WebAssembly.Module`."""
    TEXT = "text"
    """A string."""
    DATA = "data"
    """An `ArrayBuffer`."""


if TYPE_CHECKING:
    ModuleKindInput = ModuleKind | Literal["esm", "wasm", "text", "data"]
else:
    ModuleKindInput = ModuleKind


class ModuleFile(TypedDict):
    """A module that is uploaded with the main module."""

    path: PathInput
    """Path of the file."""
    kind: NotRequired[ModuleKindInput]
    """Kind of the module. Default: the kind that belongs to the extension of the module's name."""


if TYPE_CHECKING:
    FilesInput = Mapping[str, PathInput | ModuleFile]
else:
    FilesInput = JsonInput

# The content type of each kind. `_BY_EXTENSION` has the extensions that wrangler 4.164.0 uploads without an entry in
# the key `rules` of its configuration.
CONTENT_TYPES = {
    ModuleKind.ESM: "application/javascript+module",
    ModuleKind.WASM: "application/wasm",
    ModuleKind.TEXT: "text/plain",
    ModuleKind.DATA: "application/octet-stream",
}
_BY_EXTENSION = {
    **dict.fromkeys((".js", ".mjs"), ModuleKind.ESM),
    ".wasm": ModuleKind.WASM,
    **dict.fromkeys((".txt", ".html", ".sql"), ModuleKind.TEXT),
    ".bin": ModuleKind.DATA,
}


@dataclass(frozen=True)
class Module:
    """A validated module."""

    name: str
    path: str
    content_type: str
    size: int


def validate_files(
    files: Mapping[str, object],
    main_module: str,
    root: Path | None = None,
    *,
    bundle: PathInput | None,
    subject: str,
) -> list[Module]:
    """Returns the validated modules, sorted by name.

    Args:
        files: A path or a ``ModuleFile`` for each name. Paths are sent unchanged.
        main_module: Name of the main module.
        root: Directory that the paths are relative to. Default: the working directory.
        bundle: Path of the main module; None if the path is not valid.
        subject: Path of the argument.

    Raises:
        ValidationError: A name is that of the main module or is reserved, a kind is unknown, a file cannot be
            read, or the files and the main module are too large together.
    """
    found = [
        _validate_module(name, files[name], main_module, root, subject=f"{subject}.{name}") for name in sorted(files)
    ]
    size = sum(module.size for module in found)
    if found and bundle is not None:
        size += ((root or Path()) / bundle).stat().st_size
    if size > WORKER_SIZE_BYTES:
        raise ValidationError(
            subject,
            f"must have at most {WORKER_SIZE_BYTES} bytes together with the main module, got {size}",
            "Move large data to R2 or KV.",
        )
    return found


def _validate_module(name: str, given: object, main_module: str, root: Path | None, *, subject: str) -> Module:
    path_or_file = {"path": given} if isinstance(given, str | os.PathLike) else given
    file = validated_args(cast("ModuleFile", path_or_file), ModuleFile, subject=subject)
    if name == main_module:
        raise ValidationError(
            subject, "cannot have the name of the main module", "Rename the module, or set another `main_module`."
        )
    # The modules with the names of `RULE_FILES` contain rules for static files.
    if name in ("", *RULE_FILES):
        raise ValidationError(
            subject, "must not be empty, `_headers` or `_redirects`, which Cloudflare reserves", "Rename the module."
        )
    kind = file.get("kind") or _BY_EXTENSION.get(PurePosixPath(name).suffix.lower())
    if kind is None:
        known = ", ".join(f"`{extension}`" for extension in _BY_EXTENSION)
        raise ValidationError(
            subject, "has an unknown kind", f"Set `kind`, or give the module one of the extensions {known}."
        )
    path = os.fspath(file["path"])
    try:
        with ((root or Path()) / path).open("rb") as content:
            size = os.fstat(content.fileno()).st_size
    except OSError as error:
        raise ValidationError(
            subject, f"cannot be read: {path} ({error.strerror})", "Build the file first, or correct its path."
        ) from None
    content_type = CONTENT_TYPES[validate_choice(kind, ModuleKind, subject=f"{subject}.kind")]
    return Module(name, path, content_type, size)
