"""Bundles that call `require` while they load, as `tests/localcloud/test_real_bundles.py` builds and starts them."""

from pathlib import Path

import pytest

from edge_postgres.workers.bundle import validate_bundle
from edge_postgres.workers.dynamic_require import find_dynamic_require
from tests.harness import rejected

READABLE = """\
var __require = /* @__PURE__ */ ((x) => typeof require !== "undefined" ? require : x)(function(x) {
  throw Error('Dynamic require of "' + x + '" is not supported');
});
var { EventEmitter } = __require("events");
export default {};
"""
MINIFIED = (
    """var m=(t=>typeof require<"u"?require:t)"""
    """(function(t){throw Error('Dynamic require of "'+t+'" is not supported')});"""
    """var{EventEmitter:a}=m("node:events");export default{};"""
)


@pytest.mark.parametrize(("script", "module"), [(READABLE, "events"), (MINIFIED, "node:events")])
def test_a_script_that_requires_a_module_while_it_loads_is_rejected_with_the_build_command(
    tmp_path: Path, script: str, module: str
) -> None:
    path = tmp_path / "worker.js"
    path.write_text(script)
    with rejected(
        f'api.bundle: calls `require("{module}")`',
        "wrangler deploy --dry-run --outdir dist",
        "--platform=node --external:node:* --external:cloudflare:* --banner:js='import { createRequire }",
    ):
        validate_bundle(str(path), None, subject="api.bundle")


@pytest.mark.parametrize("script", [READABLE, MINIFIED])
def test_a_script_that_creates_require_is_accepted(script: str) -> None:
    banner = 'import { createRequire } from "node:module"; const require = createRequire("/");'
    assert find_dynamic_require(banner + script) is None


def test_a_call_in_a_function_that_does_not_run_in_workers_is_accepted() -> None:
    assert find_dynamic_require(READABLE.replace('"events"', '"pg-native"')) is None


def test_a_function_of_the_script_with_another_name_is_accepted() -> None:
    assert find_dynamic_require(MINIFIED.replace('m("node:events")', 'n.m("node:events")')) is None
