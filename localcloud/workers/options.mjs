/** What Miniflare is told about Workers that are described in the words of Cloudflare's API. */

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

/** Binding of the upload's metadata → Miniflare's binding. */
const BINDINGS = {
  // The id has to tell one origin from another: two Workers may use one binding name for two databases.
  hyperdrive: ({ name, connectionString }, worker) => {
    if (!URL.canParse(connectionString)) {
      throw new RefusedError(`The connection string of binding ${name} of Worker ${worker} is not a URL.`);
    }
    return { type: "hyperdrive", id: `${worker}.${name}`, dev: { connectionString } };
  },
  json: ({ json }) => ({ type: "json", value: JSON.parse(json) }),
  kv_namespace: ({ namespaceId }) => ({ type: "kv", id: namespaceId }),
  plain_text: ({ text }) => ({ type: "text", value: text }),
  secret_text: ({ text }) => ({ type: "text", value: text }),
  service: ({ service }) => ({ type: "worker", worker: service }),
  version_metadata: () => ({ type: "version-metadata" }),
};

/** The Worker through which the control API reads and writes KV namespaces. */
export const KV_WORKER = "localcloud-kv";

export class RefusedError extends Error {}

/** @param {string[]} namespaceIds KV namespaces that the control API wants to reach */
export function workerOptions(workers, namespaceIds) {
  return [...workers.map(userWorker), kvWorker(namespaceIds)];
}

/** Ids of all KV namespaces that the Workers are bound to. */
export function boundNamespaceIds(workers) {
  const bindings = workers.flatMap((worker) => worker.bindings ?? []);
  return bindings.filter((binding) => binding.type === "kv_namespace").map((binding) => binding.namespaceId);
}

function userWorker(worker) {
  return {
    config: {
      name: worker.name,
      compatibilityDate: worker.compatibilityDate,
      compatibilityFlags: worker.compatibilityFlags ?? [],
      manifest: {
        mainModule: worker.mainModule,
        modulesRoot: "/", // else workerd's messages tell folders of this machine
        modules: Object.fromEntries(worker.modules.map((each) => [each.name, userModule(each, worker.name)])),
      },
      env: Object.fromEntries((worker.bindings ?? []).map((each) => [each.name, userBinding(each, worker.name)])),
    },
    // A socket per Worker: requests reach the script without passing Miniflare's own entry Worker.
    dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] },
  };
}

function userModule({ name, contentType, contentBase64 }, worker) {
  const type = MODULE_TYPES[contentType.split(";")[0].trim()];
  if (type === undefined) {
    const known = Object.keys(MODULE_TYPES).join(", ");
    throw new RefusedError(`Module ${name} of Worker ${worker} has content type ${contentType}. Use one of ${known}.`);
  }
  const bytes = Buffer.from(contentBase64, "base64");
  return { type, contents: type === "wasm" || type === "data" ? new Uint8Array(bytes) : bytes.toString("utf8") };
}

function userBinding(binding, worker) {
  if (!Object.hasOwn(BINDINGS, binding.type)) {
    const known = Object.keys(BINDINGS).join(", ");
    throw new RefusedError(
      `Binding ${binding.name} of Worker ${worker} has type ${binding.type}. The local runtime knows ${known}.`,
    );
  }
  return BINDINGS[binding.type](binding, worker);
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
