"""Prisma ORM's Workers free the memory of a request. The isolate of a Worker has 128 MB, and ends above that.

The query compiler is WASM. Its memory never shrinks, so it must stop growing.
"""

import base64
from typing import Any

import httpx
import pytest

from localcloud.ports import Ports
from localcloud.postgres import Postgres
from tests.localcloud.asking import BY_DATE, TOKEN, Ask, ask, modules, one_file, worker

__all__ = ["ask"]

# Prisma creates the instance at the first request. A module is evaluated before those that are imported after it.
MEASURE = """
export const memories = [];
const { Instance, instantiate } = WebAssembly;
const noted = (instance) => {
  if (instance.exports.memory) memories.push(instance.exports.memory);
  return instance;
};
WebAssembly.Instance = function (...parameters) {
  return noted(new Instance(...parameters));
};
WebAssembly.instantiate = async (...parameters) => {
  const found = await instantiate(...parameters);
  noted(found.instance ?? found);
  return found;
};
"""
MEASURED = """
import { memories } from "./measure.js";
import sample from "./sample.js";

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname !== "/memory") return sample.fetch(request, env, context);
    return Response.json(memories.map(({ buffer }) => buffer.byteLength));
  },
};
"""
WARM, MORE = 40, 120
CLOSE = "close: () => prisma.$disconnect()"


def measured(bundle: str, url: str, **replaced: str) -> dict[str, Any]:
    """Returns a Worker that runs a bundle and shows the sizes of its WASM memories."""
    deployed = one_file(bundle, url) if "/" in bundle else worker(bundle, url, BY_DATE)
    script, *others = modules(bundle)
    text = base64.b64decode(script["contentBase64"]).decode()
    for old, new in replaced.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    scripts = {"worker.js": MEASURED, "measure.js": MEASURE, "sample.js": text}
    encoded = [
        {**script, "name": name, "contentBase64": base64.b64encode(source.encode()).decode()}
        for name, source in scripts.items()
    ]
    return {**deployed, "modules": [*encoded, *others], "hosts": ["measured.localhost"]}


def growth(ask: Ask, deployed: dict[str, Any], path: str) -> int:
    """Returns the number of bytes that the memory grows by after the first requests."""
    ask.put(deployed)
    address = f"http://127.0.0.1:{Ports(ask.runtime.state_directory).of('workers')}"
    headers = {"host": "measured.localhost", "authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False) as client:

        def size_after(requests: int) -> int:
            assert {client.get(path).status_code for _ in range(requests)} == {200}
            (size,) = client.get("/memory").json()
            return int(size)

        before = size_after(WARM)
        return size_after(MORE) - before


@pytest.mark.parametrize(("bundle", "path"), [("prisma", "/"), ("copy/prisma", "/items")])
def test_the_memory_of_prisma_does_not_grow_with_each_request(
    ask: Ask, postgres: Postgres, bundle: str, path: str
) -> None:
    assert growth(ask, measured(bundle, postgres.url()), path) == 0


def test_without_the_disconnect_it_grows(ask: Ask, postgres: Postgres) -> None:
    """The test above would find a client that keeps its memory."""
    kept = measured("prisma", postgres.url(), **{CLOSE: "close: () => {}"})
    assert growth(ask, kept, "/") > 0
