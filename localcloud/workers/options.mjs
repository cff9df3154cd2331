/** Converts Workers from the format of the control API to Miniflare's options. */
import { createRequire } from "node:module";
import { assetOptions } from "./assets.mjs";
import { dataBlobs, EMULATED_BINDINGS_WORKER, emulatedBindingsWorker, environment, RejectedError } from "./bindings.mjs";
import { withOutbound } from "./network.mjs";
import { directSocket } from "./workerd.mjs";

/** workerd rejects a Worker with a later date, which Cloudflare accepts. */
const NEWEST_COMPATIBILITY_DATE = createRequire(import.meta.url)("workerd").compatibilityDate;

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

/**
 * @param {object[]} workers in the format of the control API
 * @param {Map<string, string>} assetFolders folders of static assets by Worker name
 * @param {string} process name of the process that runs them
 * @param {(message: string) => void} warn
 * @returns {{workers: object[], targets: Map<string, string>}} Miniflare's options, and hosts by port to forward
 */
export function workerOptions(workers, assetFolders, process, warn) {
  const users = workers.map((worker, index) => {
    return userWorker(worker, assetFolders.get(worker.name), directSocket(process, index), warn);
  });
  return withOutbound(users.some(usesEmulatedBindings) ? [...users, emulatedBindingsWorker()] : users);
}

function usesEmulatedBindings({ config }) {
  return Object.values(config.env).some(({ worker }) => worker === EMULATED_BINDINGS_WORKER);
}

function userWorker(worker, assetFolder, socket, warn) {
  const durableObjects = Object.entries(worker.durableObjects ?? {});
  return {
    config: {
      name: worker.name,
      compatibilityDate: supportedDate(worker, warn),
      compatibilityFlags: worker.compatibilityFlags ?? [],
      manifest: worker.mainModule ? manifest(worker) : NO_MODULE,
      env: environment(worker),
      exports: Object.fromEntries(durableObjects.map(([name, storage]) => [name, { type: "durable-object", storage }])),
      triggers: (worker.queueConsumers ?? []).map(queueTrigger),
      assets: assetFolder && assetOptions(worker, assetFolder),
    },
    legacy: { dataBlobBindings: dataBlobs(worker) },
    // One socket per Worker, so that requests do not pass through Miniflare's entry Worker.
    dev: { unsafeDirectSockets: [socket] },
  };
}

/** Returns the trigger of a Worker that consumes a queue. Miniflare keeps messages in memory. */
function queueTrigger({ queue, deadLetterQueue, maxBatchSize, maxBatchTimeout, maxRetries, retryDelay }) {
  return {
    type: "queue",
    name: queue,
    maxBatchSize,
    maxBatchTimeout,
    maxRetries,
    retryDelay,
    deadLetterQueue: deadLetterQueue ?? undefined,
  };
}

/** Returns the compatibility date of a Worker, or the newest that this runtime supports. */
function supportedDate({ name, compatibilityDate }, warn) {
  if (compatibilityDate <= NEWEST_COMPATIBILITY_DATE) return compatibilityDate;
  warn(
    `Worker ${name} has the compatibility date ${compatibilityDate}. The local runtime supports dates up to ` +
      `${NEWEST_COMPATIBILITY_DATE}, which it uses instead. A newer version of Miniflare supports later dates.`,
  );
  return NEWEST_COMPATIBILITY_DATE;
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
