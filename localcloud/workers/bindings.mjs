/** Converts bindings from the format of the control API to Miniflare's. */
import { storedResource } from "./storage.mjs";

/** The Worker whose entrypoints replace binding types that Miniflare does not support. */
export const EMULATED_BINDINGS_WORKER = "localcloud-emulated-bindings";

export class RejectedError extends Error {}

const BINDINGS = {
  analytics_engine: ({ dataset }) => ({ type: "analytics-engine-dataset", name: dataset }),
  assets: () => ({ type: "assets" }),
  d1: ({ databaseId }) => ({ type: "d1", id: databaseId }),
  durable_object_namespace: ({ className, service }) => ({
    type: "durable-object",
    worker: service,
    exportName: className,
  }),
  // The id must differ per origin, because two Workers may use the same binding name for different databases.
  hyperdrive: ({ name, connectionString }, worker) => {
    if (!URL.canParse(connectionString)) {
      throw new RejectedError(`The connection string of binding ${name} of Worker ${worker} is not a URL.`);
    }
    return { type: "hyperdrive", id: `${worker}.${name}`, dev: { connectionString } };
  },
  json: ({ json }) => ({ type: "json", value: JSON.parse(json) }),
  kv_namespace: ({ namespaceId }) => storedResource("kv", namespaceId),
  pipelines: ({ pipeline }) => ({ type: "pipeline", streamId: pipeline }),
  plain_text: ({ text }) => ({ type: "text", value: text }),
  queue: ({ queue }) => ({ type: "queue", name: queue }),
  r2_bucket: ({ bucket }) => storedResource("r2", bucket),
  ratelimit: ({ namespaceId, limit, period }) => ({
    type: "rate-limit",
    namespace: namespaceId,
    simple: { limit, period },
  }),
  secret_text: ({ text }) => ({ type: "text", value: text }),
  secrets_store_secret: ({ value }) => standIn("StoredSecret", { value }),
  send_email: () => ({ type: "send-email" }),
  service: ({ service, entrypoint }) => ({ type: "worker", worker: service, exportName: entrypoint ?? undefined }),
  text_blob: ({ text }) => ({ type: "text", value: text }),
  unavailable: ({ message }) => standIn("Unavailable", { message }),
  version_metadata: ({ version }) => ({ type: "json", value: version ?? { id: "", tag: "", timestamp: "" } }),
  workflow: ({ workflow, className, service }) => ({
    type: "workflow",
    name: workflow,
    worker: service,
    exportName: className,
  }),
  worker_loader: () => ({ type: "worker-loader" }),
};
/** Binding types that Miniflare takes as files. */
const BLOBS = ["data_blob"];

/** Returns bindings by name, of the types that belong into Miniflare's `env`. */
export function environment(worker) {
  const bindings = (worker.bindings ?? []).filter(({ type }) => !BLOBS.includes(type));
  return Object.fromEntries(bindings.map((each) => [each.name, rendered(each, worker.name)]));
}

/** Returns bytes by binding name. */
export function dataBlobs(worker) {
  const blobs = (worker.bindings ?? []).filter(({ type }) => BLOBS.includes(type));
  return Object.fromEntries(blobs.map((each) => [each.name, new Uint8Array(Buffer.from(each.contentBase64, "base64"))]));
}

function rendered(binding, worker) {
  if (!Object.hasOwn(BINDINGS, binding.type)) {
    const known = Object.keys(BINDINGS).join(", ");
    throw new RejectedError(
      `Binding ${binding.name} of Worker ${worker} has type ${binding.type}. The local runtime supports ${known}.`,
    );
  }
  return BINDINGS[binding.type](binding, worker);
}

function standIn(exportName, props) {
  return { type: "worker", worker: EMULATED_BINDINGS_WORKER, exportName, props };
}

/** Names of methods are unknown, so every method of `Unavailable` throws. */
const EMULATED_BINDINGS = `
import { WorkerEntrypoint } from "cloudflare:workers";

export default {};

export class StoredSecret extends WorkerEntrypoint {
  get() {
    return this.ctx.props.value;
  }
}

export class Unavailable extends WorkerEntrypoint {
  fetch() {
    throw new Error(this.ctx.props.message);
  }
}

const anything = new Proxy(WorkerEntrypoint.prototype, {
  get(target, name, receiver) {
    if (name in target || typeof name === "symbol") return Reflect.get(target, name, receiver);
    return function () {
      throw new Error(this.ctx.props.message);
    };
  },
});
Object.setPrototypeOf(Unavailable.prototype, anything);
`;

/** Returns the Worker for the binding types that Miniflare does not support. */
export function emulatedBindingsWorker() {
  return {
    config: {
      name: EMULATED_BINDINGS_WORKER,
      compatibilityDate: "2026-08-01",
      manifest: { mainModule: "emulated-bindings.js", modules: { "emulated-bindings.js": { type: "esm", contents: EMULATED_BINDINGS } } },
    },
  };
}
