/** Converts Workers from the format of the control API to Miniflare's options. */
import { assetOptions } from "./assets.mjs";
import { dataBlobs, environment, RejectedError, emulatedBindingsWorker } from "./bindings.mjs";

/** Content type of an uploaded module → Miniflare's module type. */
const MODULE_TYPES = {
  "application/javascript+module": "esm",
  "application/javascript": "cjs",
  "application/json": "json",
  "application/octet-stream": "data",
  "application/source-map": "sourcemap",
  "application/wasm": "wasm",
  "text/plain": "text",
};
const BYTES = ["data", "wasm"];

/** The script of a Worker that has only static assets. */
const NO_MODULE = {
  mainModule: "none.js",
  modules: {
    "none.js": { type: "esm", contents: "export default { fetch: () => new Response(null, { status: 404 }) };" },
  },
};

/** The Worker through which the control API reads and writes KV namespaces. */
export const KV_WORKER = "localcloud-kv";

/**
 * @param {string[]} namespaceIds KV namespaces that the control API uses
 * @param {Map<string, string>} assetFolders folders of static assets by Worker name
 */
export function workerOptions(workers, namespaceIds, assetFolders) {
  const users = workers.map((worker) => userWorker(worker, assetFolders.get(worker.name)));
  return [...users, kvWorker(namespaceIds), emulatedBindingsWorker()];
}

/** Returns the ids of all KV namespaces that the Workers are bound to. */
export function boundNamespaceIds(workers) {
  const bindings = workers.flatMap((worker) => worker.bindings ?? []);
  return bindings.filter((binding) => binding.type === "kv_namespace").map((binding) => binding.namespaceId);
}

function userWorker(worker, assetFolder) {
  const durableObjects = Object.entries(worker.durableObjects ?? {});
  return {
    config: {
      name: worker.name,
      compatibilityDate: worker.compatibilityDate,
      compatibilityFlags: worker.compatibilityFlags ?? [],
      manifest: worker.mainModule ? manifest(worker) : NO_MODULE,
      env: environment(worker),
      exports: Object.fromEntries(durableObjects.map(([name, storage]) => [name, { type: "durable-object", storage }])),
      assets: assetFolder && assetOptions(worker, assetFolder),
    },
    legacy: { dataBlobBindings: dataBlobs(worker) },
    // One socket per Worker, so that requests do not pass through Miniflare's entry Worker.
    dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] },
  };
}

function manifest(worker) {
  return {
    mainModule: worker.mainModule,
    modulesRoot: "/", // otherwise messages of workerd contain folders of this machine
    modules: Object.fromEntries(worker.modules.map((each) => [each.name, userModule(each, worker.name)])),
  };
}

function userModule({ name, contentType, contentBase64 }, worker) {
  const type = MODULE_TYPES[contentType.split(";")[0].trim()];
  if (type === undefined) {
    const known = Object.keys(MODULE_TYPES).join(", ");
    throw new RejectedError(`Module ${name} of Worker ${worker} has content type ${contentType}. Use one of ${known}.`);
  }
  const bytes = Buffer.from(contentBase64, "base64");
  return { type, contents: BYTES.includes(type) ? new Uint8Array(bytes) : bytes.toString("utf8") };
}

function kvWorker(namespaceIds) {
  return {
    config: {
      name: KV_WORKER,
      compatibilityDate: "2026-08-01",
      manifest: { mainModule: "kv.js", modules: { "kv.js": { type: "esm", contents: "export default {}" } } },
      env: Object.fromEntries(namespaceIds.map((id) => [id, { type: "kv", id }])),
    },
  };
}
