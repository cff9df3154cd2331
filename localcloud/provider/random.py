"""The `random` package: values that are generated once and stored in the state, without `bcryptHash` of passwords.

Source: the Python schema of pulumi-random 4.21.4; github.com/hashicorp/terraform-provider-random,
`internal/provider/resource_{password,string,id}.go`, read 2026-11.
"""

import base64
import binascii
import secrets
import string
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Literal

from edge_postgres.core.cloudflare_schema import Attribute
from localcloud.provider.errors import InputError, ProviderError
from localcloud.provider.package import Package
from localcloud.provider.property_map import UNKNOWN, PropertyMap
from localcloud.provider.resource import Resource

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
# A class of characters: the flag that enables it, the minimum number, the characters.
CLASSES = (
    ("lower", "minLower", string.ascii_lowercase),
    ("upper", "minUpper", string.ascii_uppercase),
    ("numeric", "minNumeric", string.digits),
    ("special", "minSpecial", SPECIAL),
)
FLAGS = tuple(flag for flag, _, _ in CLASSES)
LEAST = tuple(least for _, least, _ in CLASSES)


@dataclass(frozen=True, kw_only=True)
class Generated(Resource[None]):
    """A value that any change replaces."""

    attributes: dict[str, Attribute]

    @property
    def schema(self) -> Attribute:
        return Attribute(mode="required", type="object", children=self.attributes)

    @abstractmethod
    def generate(self, planned: PropertyMap) -> PropertyMap:
        """Returns the outputs."""

    def create(self, client: None, inputs: PropertyMap) -> tuple[str, PropertyMap]:  # noqa: ARG002
        planned = self.configured(inputs)
        state = planned | self.generate(planned)
        return self.id_of(state), state | {"id": self.id_of(state)}

    def read(self, client: None, state: PropertyMap) -> PropertyMap | None:  # noqa: ARG002
        return state | {"id": self.id_of(state)}

    def update(self, client: None, state: PropertyMap, new: PropertyMap) -> PropertyMap:  # noqa: ARG002
        raise ProviderError(f"{self.type} cannot be updated, because every change is a replacement.")

    def delete(self, client: None, state: PropertyMap) -> None:
        """Does nothing, because the value is only in the state."""


@dataclass(frozen=True, kw_only=True)
class Characters(Generated):
    """Random characters of the enabled classes."""

    has_id: bool
    """False if the result is a secret, because ids are not encrypted."""

    def configured(self, inputs: PropertyMap) -> PropertyMap:
        # `number` is the older name of `numeric`.
        flag = inputs.get("numeric", inputs.get("number", True))
        return super().configured(inputs) | {"numeric": flag, "number": flag}

    def input_errors(self, inputs: PropertyMap) -> Iterator[InputError]:
        yield from super().input_errors(inputs)
        planned = self.configured(inputs)
        length, least = planned.get("length"), [planned[name] for name in LEAST]
        if UNKNOWN in (length, *least) or length is None:
            return
        if length < sum(least):
            yield InputError(
                "length",
                f"must be at least the sum of {', '.join(LEAST)}, which is {sum(least)}, got {length}. Increase it.",
            )
        if not any(planned[flag] for flag in FLAGS):
            yield InputError("length", f"At least one of {', '.join(FLAGS)} must be true. Enable one.")

    def generate(self, planned: PropertyMap) -> PropertyMap:
        alphabets = {flag: characters for flag, _, characters in CLASSES if planned[flag]}
        if "special" in alphabets:
            alphabets["special"] = planned.get("overrideSpecial") or SPECIAL
        result = [
            secrets.choice(alphabets[flag])
            for flag, least, _ in CLASSES
            if planned[flag]
            for _ in range(planned[least])
        ]
        everything = "".join(alphabets.values())
        result += [secrets.choice(everything) for _ in range(planned["length"] - len(result))]
        secrets.SystemRandom().shuffle(result)
        return {"result": "".join(result)}

    def id_of(self, state: PropertyMap) -> str:
        return str(state["result"]) if self.has_id else "none"

    def parse_import_id(self, import_id: str) -> PropertyMap:
        return self.configured({"length": len(import_id)}) | {"result": import_id}


@dataclass(frozen=True, kw_only=True)
class Bytes(Generated):
    """Random bytes in several encodings."""

    def generate(self, planned: PropertyMap) -> PropertyMap:
        return _notations(secrets.token_bytes(planned["byteLength"]), planned.get("prefix", ""))

    def id_of(self, state: PropertyMap) -> str:
        return str(state["b64Url"]).removeprefix(state.get("prefix", ""))

    def parse_import_id(self, import_id: str) -> PropertyMap:
        prefix, _, value = import_id.rpartition(",")
        try:
            content = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        except binascii.Error:
            raise ProviderError(
                f"`{import_id}` is not a valid import id of {self.type}. Use `[prefix,]base64url`."
            ) from None
        return {"byteLength": len(content), **({"prefix": prefix} if prefix else {}), **_notations(content, prefix)}


def _notations(content: bytes, prefix: str) -> PropertyMap:
    return {
        "b64Std": prefix + base64.b64encode(content).decode(),
        "b64Url": prefix + base64.urlsafe_b64encode(content).decode().rstrip("="),
        "dec": prefix + str(int.from_bytes(content)),
        "hex": prefix + content.hex(),
    }


def _setting(type_: Literal["number", "bool", "string", "map"], **rules: Any) -> Attribute:
    return Attribute(mode="optional", type=type_, replace=True, **rules)


LENGTH = Attribute(mode="required", type="number", replace=True, minimum=1)
KEEPERS = _setting("map")
CHARACTER_SETTINGS = {
    "length": LENGTH,
    **{flag: _setting("bool", default=True) for flag in FLAGS},
    "number": _setting("bool"),
    **{least: _setting("number", default=0) for least in LEAST},
    "overrideSpecial": _setting("string"),
    "keepers": KEEPERS,
}

NOTATIONS = {name: Attribute(mode="read-only", type="string") for name in ("b64Std", "b64Url", "dec", "hex")}

RANDOM_PASSWORD = Characters(
    type="random:index/randomPassword:RandomPassword",
    attributes={**CHARACTER_SETTINGS, "result": Attribute(mode="read-only", type="string", sensitive=True)},
    has_id=False,
)
RANDOM_STRING = Characters(
    type="random:index/randomString:RandomString",
    attributes={**CHARACTER_SETTINGS, "result": Attribute(mode="read-only", type="string")},
    has_id=True,
)
RANDOM_ID = Bytes(
    type="random:index/randomId:RandomId",
    attributes={"byteLength": LENGTH, "keepers": KEEPERS, "prefix": _setting("string"), **NOTATIONS},
)


def connect(_config: Mapping[str, str]) -> None:
    """Returns None, because there is no API."""


RANDOM: Package[None] = Package(
    name="random",
    version=version("pulumi-random"),
    resources={row.type: row for row in (RANDOM_PASSWORD, RANDOM_STRING, RANDOM_ID)},
    functions={},
    connect=connect,
)
