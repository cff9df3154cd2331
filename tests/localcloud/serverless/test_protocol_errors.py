"""Invalid requests, which the service rejects."""

import json
from typing import Any

import httpx
import pytest

from tests.localcloud.serverless.conftest import Database, Serverless

DESCRIPTOR = "urn:prisma:query:descriptor"
TEXT = "urn:prisma:query:param:text"
BINARY = "urn:prisma:query:param:binary"
LARGEST_BYTES = 32 * 1024 * 1024

Part = tuple[str, str]


def message(*parts: Part, end: str = "--\r\n") -> bytes:
    lines = [f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{content}\r\n' for name, content in parts]
    return "".join([*lines, "--edge", end]).encode()


def posted(serverless: Serverless, database: Database, content: bytes, **options: Any) -> httpx.Response:
    headers = {"content-type": "multipart/form-data; boundary=edge"} | options.pop("headers", {})
    options = {"auth": (database.user, database.password), **options}
    url = f"{serverless.address}/v0/statement"
    return httpx.post(url, content=content, headers=headers, timeout=30, trust_env=False, **options)


def query(**parameter: Any) -> Part:
    return DESCRIPTOR, json.dumps({"query": "select $1", "parameters": [parameter]})


def test_a_complete_message_gets_one_line_per_frame(serverless: Serverless, database: Database) -> None:
    answer = posted(serverless, database, message(query(type="text", byteSize=2), (TEXT, "é")))
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in answer.text.splitlines()] == [
        {"columns": [{"name": "?column?", "typeOid": 25}]},
        {"values": ["é"]},
        {"complete": True},
    ]


BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "no parts": message(),
    "no end": message(query(type="text", value="a"), end=""),
    "no name": b"--edge\r\n\r\nabc\r\n--edge--\r\n",
    "no descriptor": message((TEXT, "a")),
    "invalid JSON": message((DESCRIPTOR, "{")),
    "not an object": message((DESCRIPTOR, "null")),
    "no statement": message((DESCRIPTOR, "{}")),
    "a statement that is not a string": message((DESCRIPTOR, '{"query": 1}')),
    "parameters that are not a list": message((DESCRIPTOR, '{"query": "select 1", "parameters": "a"}')),
    "a parameter that is null": message((DESCRIPTOR, '{"query": "select $1", "parameters": [null]}')),
    "an unknown type": message(query(type="json", value="a")),
    "no value": message(query(type="text")),
    "a value that is not a string": message(query(type="text", value=1)),
    "a missing part": message(query(type="text", byteSize=1)),
    "a part of another type": message(query(type="text", byteSize=1), (BINARY, "a")),
    "fewer bytes than declared": message(query(type="text", byteSize=2), (TEXT, "a")),
    "more bytes than declared": message(query(type="text", byteSize=2), (TEXT, "abc")),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_an_invalid_message_is_400(serverless: Serverless, database: Database, broken: str) -> None:
    answer = posted(serverless, database, BROKEN[broken])
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", "text/plain; boundary=edge"])
def test_a_message_with_another_content_type_is_415(
    serverless: Serverless, database: Database, content_type: str
) -> None:
    whole = message(query(type="text", value="a"))
    assert posted(serverless, database, whole, headers={"content-type": content_type}).status_code == 415


def test_a_message_that_is_too_long_is_413(serverless: Serverless, database: Database) -> None:
    answer = posted(serverless, database, b"-" * (LARGEST_BYTES + 1))
    assert (answer.status_code, list(answer.json())) == (413, ["error"])


@pytest.mark.parametrize(
    "authorization", [None, "", "Basic", "Basic !", "Basic YWxvbmU=", "Bearer dXNlcjpwYXNzd29yZA=="]
)
def test_without_user_and_password_it_is_401(
    serverless: Serverless, database: Database, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    answer = posted(serverless, database, message(query(type="text", value="a")), auth=None, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Basic")


def test_an_unknown_user_is_401(serverless: Serverless, database: Database) -> None:
    auth = ("nobody", database.password)
    assert posted(serverless, database, message(query(type="text", value="a")), auth=auth).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/v0/statement"), ("POST", "/v0/session"), ("POST", "/v0/statements"), ("GET", "//")],
)
def test_an_unknown_path_is_404(serverless: Serverless, method: str, path: str) -> None:
    answer = httpx.request(method, serverless.address + path, trust_env=False)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")


@pytest.mark.parametrize(
    ("path", "protocol", "host"),
    [
        ("/v0/session", None, "localhost"),
        ("/v0/session", "other", "localhost"),
        ("/v0/other", "prisma-postgres-1.0", "localhost"),
        ("/v0/session", "prisma-postgres-1.0", "evil.example"),
    ],
)
def test_a_websocket_with_another_protocol_or_host_is_rejected(
    serverless: Serverless, path: str, protocol: str | None, host: str
) -> None:
    headers = {
        "host": host,
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
        **({"sec-websocket-protocol": protocol} if protocol else {}),
    }
    assert httpx.get(serverless.address + path, headers=headers, trust_env=False).status_code == 400


SIGN_IN = "JSON.stringify(credentials)"


def sized(byte_size: str) -> str:
    """Returns the frames of a statement with one parameter, whose size is a JavaScript expression."""
    statement = f"{{query: 'select $1', parameters: [{{type: 'text', byteSize: {byte_size}}}]}}"
    return f"'{DESCRIPTOR}', JSON.stringify({statement})"


ASKED = sized("1")
VIOLATIONS: dict[str, str] = {
    "no credentials": "'{}'",
    "credentials that are not JSON": "'select 1'",
    "binary credentials": "new Uint8Array(1)",
    "a frame that is not a descriptor": f"{SIGN_IN}, '{TEXT}'",
    "a descriptor that is not JSON": f"{SIGN_IN}, '{DESCRIPTOR}', 'select 1'",
    "a parameter of another type": f"{SIGN_IN}, {ASKED}, '{BINARY}', new Uint8Array(1)",
    "a parameter of another size": f"{SIGN_IN}, {ASKED}, '{TEXT}', 'ab'",
    "a size of 400 digits": f"{SIGN_IN}, {sized('9' * 400)}, '{TEXT}', 'a'",
    "a size that is a string of 400 digits": f"""{SIGN_IN}, {sized("'" + "9" * 400 + "'")}, '{TEXT}', 'a'""",
    "a size that is a list": f"{SIGN_IN}, {sized('[1]')}, '{TEXT}', 'a'",
    "a negative size": f"{SIGN_IN}, {sized('-1')}, '{TEXT}', 'a'",
}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_session_that_breaks_the_protocol_is_closed(
    serverless: Serverless, database: Database, violation: str
) -> None:
    body = f"""const {{ endpoint, ...credentials }} = JSON.parse(process.env.SERVERLESS);
        const socket = new WebSocket(endpoint.replace("http", "ws") + "/v0/session?db=postgres", "prisma-postgres-1.0");
        const closed = new Promise((resolve) => socket.onclose = resolve);
        socket.onopen = () => [{VIOLATIONS[violation]}].forEach((message) => socket.send(message));
        return (await closed).code;"""
    assert serverless.driver(database, body) == 1002


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.:80"])
@pytest.mark.parametrize("path", ["/__localcloud/health", "/v0/statement"])
def test_a_foreign_host_is_rejected(serverless: Serverless, host: str, path: str) -> None:
    answer = httpx.get(serverless.address + path, headers={"host": host}, trust_env=False)
    assert (answer.status_code, answer.json()) == (400, {"error": "The host must be 127.0.0.1 or localhost."})


def test_the_service_still_works_after_invalid_requests(serverless: Serverless, database: Database) -> None:
    assert serverless.driver(database, "return await ppg.sql`select 1 as n`.collect()") == [{"n": 1}]
    assert serverless.service.control("GET", "health").json() == {"status": "ok", "latency_ms": 0}


@pytest.mark.parametrize("authorization", ["", "Bearer wrong"])
def test_setting_the_latency_requires_the_key(serverless: Serverless, authorization: str) -> None:
    url = f"{serverless.address}/__localcloud/latency"
    answer = httpx.put(url, json={"milliseconds": 1}, headers={"authorization": authorization}, trust_env=False)
    assert answer.status_code == 401


@pytest.mark.parametrize("milliseconds", [-1, 60_001, "1", None])
def test_latency_must_be_a_number_within_bounds(serverless: Serverless, milliseconds: Any) -> None:
    url = f"{serverless.address}/__localcloud/latency"
    headers = {"authorization": f"Bearer {serverless.service.key}"}
    answer = httpx.put(url, json={"milliseconds": milliseconds}, headers=headers, trust_env=False)
    assert answer.status_code == 400


def test_no_password_is_on_the_command_line(serverless: Serverless) -> None:
    record = serverless.service.state_directory.read("parts.json")["serverless"]
    assert serverless.service.key not in " ".join(record["command"])
