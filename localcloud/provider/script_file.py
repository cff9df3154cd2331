"""The source of a Worker, as a string or as a file with its hash, and its other modules."""

import base64
import hashlib
from collections.abc import Iterator

from localcloud.provider.errors import InputError, ProviderError
from localcloud.provider.project_files import describe, project_path
from localcloud.provider.property_map import UNKNOWN, PropertyMap


def source_errors(inputs: PropertyMap) -> Iterator[InputError]:
    """Compares `contentSha256` with the content, as far as the values are known."""
    expected = inputs.get("contentSha256")
    if expected in (None, UNKNOWN) or UNKNOWN in (inputs.get("content"), inputs.get("contentFile")):
        return
    if "content" not in inputs and "contentFile" not in inputs:
        yield InputError("contentSha256", "SHA-256 Hash Mismatch: there is no content. Remove `contentSha256`.")
        return
    try:
        actual = hashlib.sha256(source_of(inputs)).hexdigest()
    except OSError as error:
        yield InputError("contentFile", _unreadable("contentFile", inputs["contentFile"], error))
        return
    if actual != expected:
        yield InputError(
            "contentSha256",
            f"SHA-256 Hash Mismatch: `contentSha256` is {expected}, but the content has {actual}. Hash the deployed "
            "file, in lower case.",
        )


def source_of(inputs: PropertyMap) -> bytes:
    """Reads the source. Raises ``OSError``, also for a file outside the project."""
    if "contentFile" in inputs:
        return project_path(inputs["contentFile"]).read_bytes()
    return str(inputs["content"]).encode()


def module_errors(property_name: str, name: str, module: PropertyMap) -> Iterator[InputError]:
    """Validates one module. ``property_name`` is the property that contains it."""
    given = [key for key in ("contentBase64", "contentFile") if key in module]
    if len(given) != 1:
        yield InputError(
            property_name, f"`{name}` must have one of `contentBase64` and `contentFile`, but has {len(given)}."
        )
        return
    try:
        module_content(module)
    except OSError as error:
        yield InputError(property_name, _unreadable(f"{name}.contentFile", module["contentFile"], error))


def module_content(module: PropertyMap) -> bytes | None:
    """Returns the content, or None if it is not known yet. Raises ``OSError``."""
    if UNKNOWN in (module.get("contentBase64"), module.get("contentFile")):
        return None
    if "contentFile" in module:
        return project_path(module["contentFile"]).read_bytes()
    return base64.b64decode(module["contentBase64"])


def with_hash(module: PropertyMap) -> PropertyMap:
    """Returns the module with its `contentSha256`, which changes with the file."""
    try:
        content = module_content(module)
    except (OSError, KeyError, ValueError):
        return module  # the validation of the inputs reports the error
    return module if content is None else module | {"contentSha256": hashlib.sha256(content).hexdigest()}


def readable_content(module: PropertyMap) -> bytes:
    """Returns the content. Raises ``ProviderError`` if the file cannot be read."""
    try:
        content = module_content(module)
    except OSError as error:
        raise ProviderError(_unreadable("contentFile", module["contentFile"], error)) from None
    assert content is not None  # all values are known during a deployment
    return content


def _unreadable(property_name: str, file: str, error: OSError) -> str:
    return describe(property_name, file, error, fix="Build the file first.")
