"""The `random` package: values that are made once and kept in the state. There is no `bcryptHash` of a password here.

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

from localcloud.provider.errors import Fault, ProviderError
from localcloud.provider.package import Package
from localcloud.provider.resource import Resource
from localcloud.provider.tree import UNKNOWN, Tree, paths

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
# A class of characters: whether it is wanted, how many at least, which ones.
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
    """Any change makes a new one."""

    @abstractmethod
    def generated(self, planned: Tree) -> Tree:
        """The outputs."""

    def create(self, client: None, inputs: Tree) -> tuple[str, Tree]:  # noqa: ARG002
        planned = self.planned(inputs)
        state = planned | self.generated(planned)
        return self.id_of(state), state | {"id": self.id_of(state)}

    def read(self, client: None, state: Tree) -> Tree | None:  # noqa: ARG002
        return state | {"id": self.id_of(state)}

    def update(self, client: None, state: Tree, old: Tree, new: Tree) -> Tree:  # noqa: ARG002
        raise ProviderError(f"{self.type}: there is no update; every change is a replacement.")

    def delete(self, client: None, state: Tree) -> None:
        """It lives in the state alone."""


@dataclass(frozen=True, kw_only=True)
class Characters(Generated):
    """Random characters of the wanted classes."""

    has_id: bool
    """False where the result is a secret: ids are not encrypted."""

    def planned(self, inputs: Tree) -> Tree:
        # `number` is the older name of `numeric`.
        flag = inputs.get("numeric", inputs.get("number", True))
        return super().planned(inputs) | {"numeric": flag, "number": flag}

    def faults(self, inputs: Tree) -> Iterator[Fault]:
        yield from super().faults(inputs)
        planned = self.planned(inputs)
        length, least = planned.get("length"), [planned[name] for name in LEAST]
        if UNKNOWN in (length, *least) or length is None:
            return
        if length < max(1, sum(least)):
            yield Fault(
                "length",
                f"`length` is {length}; it has to be at least 1 and at least the sum of {', '.join(LEAST)}, which is "
                f"{sum(least)}. Use a greater one.",
            )
        if not any(planned[flag] for flag in FLAGS):
            yield Fault("length", f"None of {', '.join(FLAGS)} is wanted; there is nothing to choose from. Want one.")

    def generated(self, planned: Tree) -> Tree:
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

    def id_of(self, state: Tree) -> str:
        return str(state["result"]) if self.has_id else "none"

    def imported(self, import_id: str) -> Tree:
        return self.planned({"length": len(import_id)}) | {"result": import_id}


@dataclass(frozen=True, kw_only=True)
class Bytes(Generated):
    """Random bytes in several notations."""

    def faults(self, inputs: Tree) -> Iterator[Fault]:
        yield from super().faults(inputs)
        length = inputs.get("byteLength", UNKNOWN)
        if length is not UNKNOWN and length < 1:
            yield Fault("byteLength", f"`byteLength` is {length}; it has to be at least 1. Use a greater one.")

    def generated(self, planned: Tree) -> Tree:
        return _notations(secrets.token_bytes(planned["byteLength"]), planned.get("prefix", ""))

    def id_of(self, state: Tree) -> str:
        return str(state["b64Url"]).removeprefix(state.get("prefix", ""))

    def imported(self, import_id: str) -> Tree:
        prefix, _, value = import_id.rpartition(",")
        try:
            content = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        except binascii.Error:
            raise ProviderError(
                f"`{import_id}` is not an id to import {self.type} by. Give `[prefix,]base64url`."
            ) from None
        return {"byteLength": len(content), **({"prefix": prefix} if prefix else {}), **_notations(content, prefix)}


def _notations(content: bytes, prefix: str) -> Tree:
    return {
        "b64Std": prefix + base64.b64encode(content).decode(),
        "b64Url": prefix + base64.urlsafe_b64encode(content).decode().rstrip("="),
        "dec": prefix + str(int.from_bytes(content)),
        "hex": prefix + content.hex(),
    }


CHARACTER_INPUTS = ("length", *FLAGS, "number", *LEAST, "overrideSpecial", "keepers")
CHARACTER_DEFAULTS: Mapping[str, object] = {**dict.fromkeys(FLAGS, True), **dict.fromkeys(LEAST, 0)}

RANDOM_PASSWORD = Characters(
    type="random:index/randomPassword:RandomPassword",
    inputs=CHARACTER_INPUTS,
    required=("length",),
    outputs=("result",),
    replaces=CHARACTER_INPUTS,
    defaults=CHARACTER_DEFAULTS,
    sensitive=paths("result"),
    has_id=False,
)
RANDOM_STRING = Characters(
    type="random:index/randomString:RandomString",
    inputs=CHARACTER_INPUTS,
    required=("length",),
    outputs=("result",),
    replaces=CHARACTER_INPUTS,
    defaults=CHARACTER_DEFAULTS,
    has_id=True,
)
RANDOM_ID = Bytes(
    type="random:index/randomId:RandomId",
    inputs=("byteLength", "keepers", "prefix"),
    required=("byteLength",),
    outputs=("b64Std", "b64Url", "dec", "hex"),
    replaces=("byteLength", "keepers", "prefix"),
)


def connect(_config: Mapping[str, str]) -> None:
    """There is nothing to connect to."""


RANDOM: Package[None] = Package(
    name="random",
    version=version("pulumi-random"),
    resources={row.type: row for row in (RANDOM_PASSWORD, RANDOM_STRING, RANDOM_ID)},
    functions={},
    connect=connect,
)
