"""The source of a Worker: given as text, or as a file with its hash; and the modules beside it."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from localcloud.provider.errors import Fault, ProviderError
from localcloud.provider.tree import UNKNOWN, Tree


def source_faults(inputs: Tree) -> Iterator[Fault]:
    """The rules of `content`, `contentFile` and `contentSha256`, as far as the values are known."""
    if "content" in inputs and "contentFile" in inputs:
        yield Fault("contentFile", "`contentFile` stands beside `content`; a script has one source. Leave one out.")
    if not {"content", "contentFile", "assets"} & set(inputs):
        yield Fault("content", "Neither `content` nor `contentFile` is given; a script needs a source. Give one.")
    if "contentFile" in inputs and "contentSha256" not in inputs:
        yield Fault("contentSha256", "`contentSha256` is missing; `contentFile` needs it, for it tells what changed.")
        return
    expected = inputs.get("contentSha256")
    if expected in (None, UNKNOWN) or UNKNOWN in (inputs.get("content"), inputs.get("contentFile")):
        return
    try:
        actual = hashlib.sha256(source_of(inputs)).hexdigest()
    except OSError as error:
        yield Fault("contentFile", _unreadable("contentFile", inputs["contentFile"], error))
        return
    if actual != str(expected).lower():
        yield Fault(
            "contentSha256",
            f"SHA-256 Hash Mismatch: `contentSha256` is {expected}, the content's is {actual}. Hash what is deployed.",
        )


def source_of(inputs: Tree) -> bytes:
    """Relative paths start at the project, where this process runs. Raises ``OSError``."""
    if "contentFile" in inputs:
        return Path(inputs["contentFile"]).read_bytes()
    return str(inputs["content"]).encode()


def module_faults(place: str, name: str, module: Tree) -> Iterator[Fault]:
    """The rules of one module: `place` is the property it stands in."""
    given = [key for key in ("contentBase64", "contentFile") if key in module]
    if len(given) != 1:
        yield Fault(place, f"`{name}` has {len(given)} contents; give one of `contentBase64` and `contentFile`.")
        return
    try:
        module_content(module)
    except OSError as error:
        yield Fault(place, _unreadable(f"{name}.contentFile", module["contentFile"], error))


def module_content(module: Tree) -> bytes | None:
    """None where it is not known yet. Raises ``OSError``."""
    if UNKNOWN in (module.get("contentBase64"), module.get("contentFile")):
        return None
    if "contentFile" in module:
        return Path(module["contentFile"]).read_bytes()
    return base64.b64decode(module["contentBase64"])


def with_hash(module: Tree) -> Tree:
    """The module with its `contentSha256`, by which a change of the file shows itself."""
    try:
        content = module_content(module)
    except (OSError, KeyError, ValueError):
        return module  # the faults of the inputs tell
    return module if content is None else module | {"contentSha256": hashlib.sha256(content).hexdigest()}


def readable_content(module: Tree) -> bytes:
    """Raises ``ProviderError``."""
    try:
        content = module_content(module)
    except OSError as error:
        raise ProviderError(_unreadable("contentFile", module["contentFile"], error)) from None
    assert content is not None  # whatever is deployed is known
    return content


def _unreadable(place: str, file: str, error: OSError) -> str:
    return f"`{place}` is `{file}`, which cannot be read: {error.strerror}. Build it first."
