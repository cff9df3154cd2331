import { request as send } from "node:http";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { pluginBinding } from "./plugin.mjs";
import { directSocket, directSocketPath, processOptions } from "./workerd.mjs";

const NAME = "storage";
const SOCKET_PATH = directSocketPath(NAME, "all");
/** The header in which Miniflare's storage services expect the id of a namespace or bucket. */
const ID_HEADER = "mf-namespace";
const SERVICE_HEADER = "localcloud-storage";
/** Miniflare's services by type of resource. */
const SERVICES = { kv: "kv:ns:entry", r2: "r2:bucket:entry" };

const SOURCE = `
export default {
  fetch(request, env) {
    return env[request.headers.get("${SERVICE_HEADER}")].fetch(request);
  },
};
`;

/**
 * The values of KV namespaces and R2 buckets: one workerd process that the processes of the Workers call.
 *
 * Several processes run Workers with the same namespace, and two processes cannot write the same SQLite file.
 */
export class Storage {
  #miniflare;

  /** @param {string} folder kept between runs */
  static async open(folder) {
    const storage = new Storage();
    storage.#miniflare = new Miniflare({ ...processOptions(NAME, join(folder, "resources")), workers: [worker()] });
    await storage.#miniflare.ready;
    return storage;
  }

  /** Returns the bytes of a KV value, or null. */
  async value(namespaceId, key) {
    const { status, body } = await call("GET", namespaceId, keyPath(key));
    return status === 404 ? null : body;
  }

  async putValue(namespaceId, key, value) {
    await call("PUT", namespaceId, keyPath(key), value);
  }

  async deleteValue(namespaceId, key) {
    await call("DELETE", namespaceId, keyPath(key));
  }

  /** Deletes all values of a namespace. */
  async empty(namespaceId) {
    for (;;) {
      const { keys } = JSON.parse((await call("GET", namespaceId, "/")).body);
      if (keys.length === 0) return;
      await Promise.all(keys.map(({ name }) => this.deleteValue(namespaceId, name)));
    }
  }

  async close() {
    await this.#miniflare.dispose();
  }
}

/** Returns Miniflare's binding of a Worker to a stored resource. */
export function storedResource(type, id) {
  const name = `${NAME}:${type}:${id}`;
  const headers = { [ID_HEADER]: id, [SERVICE_HEADER]: type };
  const injectRequestHeaders = Object.entries(headers).map(([header, value]) => ({ name: header, value }));
  const service = { name, external: { address: `unix:${SOCKET_PATH}`, http: { injectRequestHeaders } } };
  return pluginBinding([service], { [{ kv: "kvNamespace", r2: "r2Bucket" }[type]]: { name } });
}

function worker() {
  const services = Object.entries(SERVICES).map(([type, name]) => [type, pluginBinding([], { service: { name } })]);
  return {
    config: {
      name: "localcloud-storage",
      compatibilityDate: "2026-08-01",
      manifest: { mainModule: "storage.js", modules: { "storage.js": { type: "esm", contents: SOURCE } } },
      // The first two bindings let Miniflare run its storage services.
      env: { anyKv: { type: "kv", id: "any" }, anyR2: { type: "r2", name: "any" }, ...Object.fromEntries(services) },
    },
    dev: { unsafeDirectSockets: [directSocket(NAME, "all")] },
  };
}

function keyPath(key) {
  return `/${encodeURIComponent(key)}?urlencoded=true`;
}

/** Sends a request in workerd's protocol for KV namespaces. */
function call(method, namespaceId, path, body) {
  const headers = { [ID_HEADER]: namespaceId, [SERVICE_HEADER]: "kv" };
  return new Promise((resolve, reject) => {
    const request = send({ socketPath: SOCKET_PATH, method, path, headers }, async (response) => {
      const content = Buffer.concat(await response.toArray());
      const { statusCode: status } = response;
      if (status < 400 || status === 404) resolve({ status, body: content });
      else reject(new Error(`The storage of KV values responded with ${status}: ${content}`));
    });
    request.on("error", reject);
    request.end(body);
  });
}
