import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { RejectedError } from "./bindings.mjs";

/** More than Cloudflare accepts for a script (10 MiB compressed) and a KV value (25 MiB). */
const LARGEST_BODY_BYTES = 200 * 1024 * 1024;
const NOTHING = Symbol("nothing");
const UNAUTHORIZED = [401, { error: "The bearer token is missing or wrong." }];

/** The control API: replaces the Workers, and reads and writes values of KV namespaces. */
export function controlServer(generations, token) {
  return createServer(async (request, response) => {
    try {
      const [status, body] = isAuthorized(request, token) ? await handle(generations, request) : UNAUTHORIZED;
      answer(response, status, body);
    } catch (error) {
      answer(response, error instanceof RejectedError ? 400 : 500, { error: error.message });
    }
  });
}

async function handle(generations, request) {
  const path = new URL(request.url, "http://localhost").pathname.split("/").slice(1).map(decodeURIComponent);
  const [collection, namespaceId, ...rest] = path;
  const key = rest.join("/");
  const route = `${request.method} /${collection}${namespaceId ? "/{id}" : ""}${key ? "/{key}" : ""}`;
  switch (route) {
    case "GET /health":
      return [200, { workers: generations.current.workers.map((worker) => worker.name) }];
    case "PUT /workers":
      await generations.replaceWorkers(workersIn(await bodyOf(request)));
      return [200, { workers: generations.current.workers.map((worker) => worker.name) }];
    case "GET /kv/{id}/{key}": {
      const value = await (await generations.namespace(namespaceId)).get(key, "arrayBuffer");
      return value === null ? [404, { error: "The namespace has no such key." }] : [200, Buffer.from(value)];
    }
    case "PUT /kv/{id}/{key}":
      await (await generations.namespace(namespaceId)).put(key, await bodyOf(request));
      return [200, NOTHING];
    case "DELETE /kv/{id}/{key}":
      await (await generations.namespace(namespaceId)).delete(key);
      return [200, NOTHING];
    case "DELETE /kv/{id}":
      await empty(await generations.namespace(namespaceId));
      return [200, NOTHING];
    default:
      return [404, { error: `The control API has no endpoint ${request.method} ${request.url}.` }];
  }
}

function workersIn(body) {
  let parsed;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    throw new RejectedError("The body must be JSON.");
  }
  if (!Array.isArray(parsed?.workers)) throw new RejectedError('The body must have a list "workers".');
  return parsed.workers;
}

async function empty(namespace) {
  for (;;) {
    const { keys } = await namespace.list();
    if (keys.length === 0) return;
    await Promise.all(keys.map(({ name }) => namespace.delete(name)));
  }
}

async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) throw new RejectedError(`The body must have at most ${LARGEST_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isAuthorized(request, token) {
  const digest = (text) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(request.headers.authorization ?? ""), digest(`Bearer ${token}`));
}

function answer(response, status, body) {
  const raw = body === NOTHING ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : undefined;
  response.writeHead(status, { "content-type": raw ? "application/octet-stream" : "application/json" });
  response.end(raw ?? JSON.stringify(body));
}
