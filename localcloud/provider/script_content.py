"""The response with a script's code: one module, or a multipart message."""

from email import message_from_bytes
from email.message import Message

import httpx


def modules_in(answer: httpx.Response) -> dict[str, bytes]:
    """Returns the modules by name. The first is the main module, which `CF-Entrypoint` names."""
    content_type = answer.headers.get("content-type", "")
    if not content_type.startswith("multipart/"):
        return {"": answer.content}
    message = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + answer.content)
    parts = [part for part in message.walk() if not part.is_multipart()]
    found = {_name(part): _content(part) for part in parts}
    entry = answer.headers.get("cf-entrypoint")
    first = next((name for name in found if name == entry), next(iter(found)))
    return {first: found.pop(first), **found}


def _name(part: Message) -> str:
    name = part.get_filename() or part.get_param("name", header="content-disposition")
    return name if isinstance(name, str) else ""


def _content(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""
