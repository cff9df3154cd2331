"""The modules of a script beside its main one: WASM, text, data, and ES modules of their own."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, NotRequired, TypedDict

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.limits import WORKER_SIZE_BYTES


class ModuleKind(StrEnum):
    """What the runtime makes of a module, and so what an `import` of it yields."""

    ESM = "esm"
    """JavaScript, an ES module."""
    WASM = "wasm"
    """A compiled `WebAssembly.Module`."""
    TEXT = "text"
    """A text."""
    DATA = "data"
    """An `ArrayBuffer`."""


class ModuleFile(TypedDict):
    """A module that is uploaded with the main one."""

    path: str
    """Path of the file."""
    kind: NotRequired[ModuleKind]
    """What it becomes; told from the name of the module where it is left out."""


# The types and the extensions that wrangler uploads without being told, of its release 4.164.0.
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
    """A module that is ready to be sent."""

    name: str
    path: str
    sha256: str
    content_type: str


def validate_files(
    files: Mapping[str, Any], main_module: str, root: Path | None = None, *, subject: str
) -> list[Module]:
    """The modules, sorted by name. Paths are relative to ``root``, and are sent as they are given.

    Raises ``ValidationError`` for a name that the main module or the upload itself has, for one that says nothing of
    the kind,
    and for files that cannot be read or are too large together.
    """
    found = [_module(name, files[name], main_module, root, subject=f"{subject}.{name}") for name in sorted(files)]
    if (size := sum(_size(module.path, root) for module in found)) > WORKER_SIZE_BYTES:
        raise ValidationError(
            subject, f"have {size} bytes; a Worker has {WORKER_SIZE_BYTES}", "Keep large data in R2 or KV."
        )
    return found


def render_files(modules: list[Module]) -> Any:
    """The modules as ``WorkersScript`` takes them."""
    return {
        module.name: {
            "content_type": module.content_type,
            "content_file": module.path,
            "content_sha256": module.sha256,
        }
        for module in modules
    }


def _module(name: str, given: Any, main_module: str, root: Path | None, *, subject: str) -> Module:
    file = validated_args({"path": given} if isinstance(given, str) else given, ModuleFile, subject=subject)
    if name == main_module:
        raise ValidationError(subject, "is the name of the main module", "Rename it, or state another `main_module`.")
    # The upload is one multipart message, and this part of it says what the others are.
    if name in ("", "metadata"):
        raise ValidationError(subject, "is the name of the upload's own part", "Rename it.")
    kind = file.get("kind") or _BY_EXTENSION.get(PurePosixPath(name).suffix.lower())
    if kind is None:
        known = ", ".join(f"`{extension}`" for extension in _BY_EXTENSION)
        raise ValidationError(
            subject, "says nothing of what it is", f"State its `kind`, or name it with an extension: {known}."
        )
    try:
        content = ((root or Path()) / file["path"]).read_bytes()
    except OSError as error:
        raise ValidationError(
            subject, f"is {file['path']}, which cannot be read ({error.strerror})", "Build it first."
        ) from None
    content_type = CONTENT_TYPES[validate_choice(kind, ModuleKind, subject=f"{subject}.kind")]
    return Module(name, file["path"], hashlib.sha256(content).hexdigest(), content_type)


def _size(path: str, root: Path | None) -> int:
    return ((root or Path()) / path).stat().st_size
