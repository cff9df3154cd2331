"""The response with a script's code: one module, or a multipart message."""

from email import message_from_bytes
from email.message import Message

import httpx


def modules_in(answer: httpx.Response) -> dict[str, bytes]:
    """Returns the modules by name, in their order. The official plugin takes the first as the script's content.

    Source: github.com/cloudflare/terraform-provider-cloudflare v5.22.0, `internal/services/workers_script/resource.go`
    line 361, which ignores the header `CF-Entrypoint`.
    """
    if not answer.content:
        return {}
    content_type = answer.headers.get("content-type", "")
    if not content_type.startswith("multipart/"):
        return {"": answer.content}
    message = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + answer.content)
    parts = [part for part in message.walk() if not part.is_multipart()]
    return {_name(part): _content(part) for part in parts}


def _name(part: Message) -> str:
    name = part.get_filename() or part.get_param("name", header="content-disposition")
    return name if isinstance(name, str) else ""


def _content(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""
