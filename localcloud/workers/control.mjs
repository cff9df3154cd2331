import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { RejectedError } from "./bindings.mjs";
import { UnknownWorkersError } from "./groups.mjs";

/** More than Cloudflare accepts for a script (10 MiB compressed) and a KV value (25 MiB). */
const LARGEST_BODY_BYTES = 200 * 1024 * 1024;
const NOTHING = Symbol("nothing");
const STATUS = new Map([
  [RejectedError, 400],
  [UnknownWorkersError, 409],
]);
const UNAUTHORIZED = [401, { error: "The bearer token is missing or wrong." }];

/** The control API: replaces the Workers, and reads and writes values of KV namespaces. */
export function controlServer(groups, storage, token) {
  return createServer(async (request, response) => {
    try {
      const [status, body] = isAuthorized(request, token) ? await handle(groups, storage, request) : UNAUTHORIZED;
      answer(response, status, body);
    } catch (error) {
      answer(response, STATUS.get(error.constructor) ?? 500, { error: error.message });
    }
  });
}

async function handle(groups, storage, request) {
  const path = new URL(request.url, "http://localhost").pathname.split("/").slice(1).map(decodeURIComponent);
  const [collection, namespaceId, ...rest] = path;
  const key = rest.join("/");
  const route = `${request.method} /${collection}${namespaceId ? "/{id}" : ""}${key ? "/{key}" : ""}`;
  switch (route) {
    case "GET /health":
      return [200, { workers: groups.names, processes: groups.processes }];
    case "PUT /workers": {
      const { workers, names } = workersIn(await bodyOf(request));
      await groups.replace(workers, names ?? workers.map(({ name }) => name));
      return [200, { workers: groups.names }];
    }
    case "GET /kv/{id}/{key}": {
      const value = await storage.value(namespaceId, key);
      return value === null ? [404, { error: "The namespace has no such key." }] : [200, value];
    }
    case "PUT /kv/{id}/{key}":
      await storage.putValue(namespaceId, key, await bodyOf(request));
      return [200, NOTHING];
    case "DELETE /kv/{id}/{key}":
      await storage.deleteValue(namespaceId, key);
      return [200, NOTHING];
    case "DELETE /kv/{id}":
      await storage.empty(namespaceId);
      return [200, NOTHING];
    default:
      return [404, { error: `The control API has no endpoint ${request.method} ${request.url}.` }];
  }
}

/** Returns the Workers in a body, and the names of all Workers if the others are kept. */
function workersIn(body) {
  let parsed;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    throw new RejectedError("The body must be JSON.");
  }
  if (!Array.isArray(parsed?.workers) || !Array.isArray(parsed.names ?? [])) throw new RejectedError('The body must have a list "workers".');
  return parsed;
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
