/**
 * The gateway, which represents Hyperdrive: `node server.mjs --port N [--wait-seconds N] [--idle-seconds N] ...`.
 *
 * The port is its control API. LOCALCLOUD_GATEWAY_TOKEN is the bearer token of every endpoint except `GET /health`.
 * `PUT /pools` takes `{"origins": {NAME: ORIGIN}}` and returns the URLs for clients by name. `PUT /kept` takes the same
 * body and closes all other pools after `--retirement-seconds`. `GET /pools` returns the figures of each pool.
 * `GET /queries` returns the newest queries, `GET /history` and `GET /day` the figures over time. `GET /faults` returns
 * the injected faults, and `PUT /faults/NAME` replaces the injected faults of a configuration. `POST /views` returns a
 * code for the page at `/` (`views.mjs`). Pools listen on 127.0.0.1 only. Ends on
 * SIGTERM, and after the transactions of clients on SIGINT.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

import { Pools } from "./pools.mjs";
import { fileOf, HEADERS, Views } from "./views.mjs";

const HOST = "127.0.0.1";
/** Other names are rejected, because the owner of a web page can resolve any host name to this machine. */
const HOSTS = /^(127\.0\.0\.1|localhost)(:\d+)?$/;
const SET_FAULTS = "PUT /faults/";
/** Longest wait for the transactions of clients at the end. */
const DRAIN_MILLISECONDS = 10_000;
const LARGEST_BODY_BYTES = 16 * 1024 * 1024;

const { values: options } = parseArgs({
  options: {
    port: { type: "string" },
    "wait-seconds": { type: "string", default: "15" },
    "idle-seconds": { type: "string", default: "600" },
    // Longer than the response timeout of a Worker whose request began before a change, plus its work in `waitUntil`.
    "retirement-seconds": { type: "string", default: "70" },
  },
});
const token = process.env.LOCALCLOUD_GATEWAY_TOKEN;
if (!options.port || !token) {
  console.error("server.mjs: `--port` and LOCALCLOUD_GATEWAY_TOKEN are required.");
  process.exit(2);
}
const milliseconds = (name) => 1_000 * Number(options[name]);
const pools = new Pools({
  waitMilliseconds: milliseconds("wait-seconds"),
  idleMilliseconds: milliseconds("idle-seconds"),
  retirementMilliseconds: milliseconds("retirement-seconds"),
});

const views = new Views();

const server = createServer(async (request, response) => {
  const file = request.method === "GET" && HOSTS.test(request.headers.host ?? "") ? fileOf(request.url) : undefined;
  if (file) {
    response.writeHead(200, { ...HEADERS, "content-type": file.type });
    response.end(file.content);
    return;
  }
  const [status, body] = await answer(request).catch((error) =>
    error.problem ? [400, { error: error.problem }] : [500, { error: error.code ?? "internal error" }],
  );
  response.writeHead(status, { ...HEADERS, "content-type": "application/json" });
  response.end(JSON.stringify(body));
});

async function answer(request) {
  if (!HOSTS.test(request.headers.host ?? "")) return [400, { error: "The host must be 127.0.0.1 or localhost." }];
  const endpoint = `${request.method} ${request.url}`;
  if (endpoint === "GET /health") return [200, { status: "ok" }];
  if (endpoint === "POST /keys") return redeem((await json(request))?.code);
  if (endpoint === "GET /view" && views.isAllowed(request)) return [200, { configurations: pools.view }];
  if (!isAuthorized(request)) return [401, { error: "The bearer token is missing or wrong." }];
  switch (endpoint) {
    case "GET /pools":
      return [200, { pools: pools.figures }];
    case "PUT /pools":
      return [200, { urls: await pools.ensure((await json(request)).origins) }];
    case "GET /queries":
      return [200, { configurations: pools.queries }];
    case "GET /history":
      return [200, { configurations: pools.history("recent") }];
    case "GET /day":
      return [200, { configurations: pools.history("day") }];
    case "POST /views":
      return [200, { code: views.createCode() }];
    case "GET /faults":
      return [200, { configurations: pools.faults }];
    case "PUT /kept":
      pools.retireOthers((await json(request)).origins);
      return [200, {}];
    default:
      if (endpoint.startsWith(SET_FAULTS)) return setFaults(decodeURIComponent(endpoint.slice(SET_FAULTS.length)), await json(request));
      return [404, { error: `There is no endpoint ${endpoint}.` }];
  }
}

function redeem(code) {
  const key = views.redeem(code);
  return key ? [200, { key }] : [401, { error: "The code is invalid, has expired or was used." }];
}

function setFaults(name, settings) {
  if (pools.setFaults(name, settings) > 0) return [200, { configurations: pools.faults }];
  return [404, { error: `${name}: unknown Hyperdrive configuration. Use the name or the ID of a deployed one.` }];
}

function isAuthorized({ headers }) {
  const digest = (text) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ""), digest(`Bearer ${token}`));
}

async function json(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) throw Object.assign(new Error("too large"), { code: "request too large" });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw Object.assign(new Error("invalid"), { problem: "the body must be JSON." });
  }
}

server.listen(Number(options.port), HOST);
await once(server, "listening");
console.log(`${new Date().toISOString()} info: the gateway listens on ${HOST}:${options.port}`);
process.once("SIGTERM", () => process.exit(0));
process.once("SIGINT", async () => {
  await pools.drain(DRAIN_MILLISECONDS);
  process.exit(0);
});
