"""Multipart messages (RFC 7578), for uploads of scripts and KV values."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header


@dataclass(frozen=True)
class Part:
    """One part of a message."""

    name: str
    content: bytes
    content_type: str = ""
    filename: str | None = None


class MultipartError(Exception):
    """The message is not a valid multipart message."""


def is_multipart(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "multipart/form-data"


def parse_multipart(body: bytes, content_type: str) -> list[Part]:
    """Returns the parts of a message. Raises ``MultipartError``."""
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not is_multipart(content_type) or not boundary:
        raise MultipartError
    collector = _Collector()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": collector.begin,
                "on_header_field": collector.header_name,
                "on_header_value": collector.header_value,
                "on_header_end": collector.end_header,
                "on_part_data": collector.data,
                "on_part_end": collector.end,
            },
        )
        parser.write(body)
        parser.finalize()
    except (FormParserError, UnicodeDecodeError) as error:
        raise MultipartError from error
    return collector.parts


def encode_multipart(parts: Sequence[Part]) -> tuple[bytes, str]:
    """Returns the message, and its content type with the boundary."""
    boundary = secrets.token_hex(16)
    lines: list[bytes] = []
    for part in parts:
        filename = f'; filename="{part.filename}"' if part.filename else ""
        lines += [f"--{boundary}".encode(), f'Content-Disposition: form-data; name="{part.name}"{filename}'.encode()]
        lines += [f"Content-Type: {part.content_type}".encode()] if part.content_type else []
        lines += [b"", part.content]
    return b"\r\n".join([*lines, f"--{boundary}--".encode(), b""]), f"multipart/form-data; boundary={boundary}"


class _Collector:
    """Assembles parts from the callbacks of the parser."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.begin()

    def begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._name = self._value = b""
        self._content: list[bytes] = []

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def end_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self._content.append(data[start:end])

    def end(self) -> None:
        options = parse_options_header(self._headers.get(b"content-disposition"))[1]
        filename = options.get(b"filename")
        self.parts.append(
            Part(
                options.get(b"name", b"").decode(),
                b"".join(self._content),
                self._headers.get(b"content-type", b"").decode(),
                None if filename is None else filename.decode(),
            )
        )
