import { createServer, request as send } from "node:http";

/** Headers that apply to one connection and are not forwarded (RFC 9110, section 7.6.1). */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "proxy-connection", "upgrade"]);
/** Headers that Cloudflare's network sets. A client cannot set them, there or here. */
const NETWORK_HEADERS = new Set(["cf-connecting-ip", "mf-cf-blob"]);

/** Runs a Worker's cron trigger now, as in `wrangler dev`: `?cron=` and the schedule. */
const CRON_PATH = "/cdn-cgi/local/scheduled";
/** Hosts that no web page has. */
const LOCAL_HOST = /^(localhost|.*\.localhost|127\.0\.0\.1)$/;
const FOREIGN_PAGE = "A web page of another site cannot call the Workers of a local cloud.";
/** The header with which Miniflare's entry Worker selects a Worker. */
const WORKER_HEADER = "MF-Route-Override";

/**
 * Creates the public server, which forwards each request to the Worker with the request's host.
 *
 * @param {import("./groups.mjs").Groups} groups
 * @param {number} timeoutSeconds a request fails if its Worker sends nothing for this time
 */
export function frontServer(groups, timeoutSeconds) {
  return createServer((request, response) => {
    const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    const found = groups.find(host, request.headers);
    if (found === undefined) {
      sendError(response, 404, `No Worker is deployed for host "${host}".${LOCAL_HOST.test(host) ? hint(groups) : ""}`);
      return;
    }
    if (isCron(request) && (request.headers["sec-fetch-site"] ?? "none") !== "none") {
      sendError(response, 403, "A web page cannot run a cron trigger. Open the address directly, or use curl.");
      return;
    }
    if (isOfForeignPage(host, request.headers, groups.hosts)) {
      sendError(response, 403, `${FOREIGN_PAGE} Use a page on localhost or on a host of a Worker.`);
      return;
    }
    found.group.enter();
    response.once("close", () => found.group.leave());
    forward(found, request, response, timeoutSeconds * 1000).catch((error) => {
      sendError(response, 502, `Worker ${found.worker.name} cannot be reached: ${error.message}`);
    });
  });
}

/** Returns the known hosts. A web page with another host name does not get them. */
function hint({ hosts }) {
  return hosts.length > 0 ? ` Known hosts: ${hosts.join(", ")}.` : " No Worker is deployed yet.";
}

/**
 * Whether a page of another site sends a request. Cloudflare serves such requests. Here, any page that the developer
 * opens could use the local databases through a Worker. Links from other sites stay possible, as for a login.
 *
 * Browsers send `Sec-Fetch-Site` to hosts of this machine (https://www.w3.org/TR/fetch-metadata/, read 2026-11-30), and
 * only `Origin` to a host of a Worker that the developer's name server resolves to this machine.
 */
function isOfForeignPage(host, { origin, referer, "sec-fetch-site": site, "sec-fetch-mode": mode }, hosts) {
  if (site === "none" || site === "same-origin") return false;
  if (site === undefined && (LOCAL_HOST.test(host) || origin === undefined)) return false;
  const page = origin ?? referer ?? "";
  if (origin === undefined && mode === "navigate") return false;
  const pageHost = URL.canParse(page) ? new URL(page).hostname : "";
  return !LOCAL_HOST.test(pageHost) && !hosts.some((each) => each.toLowerCase() === pageHost);
}

function isCron({ url }) {
  return url.split("?")[0] === CRON_PATH;
}

async function forward({ worker, group }, request, response, timeout) {
  const upstream = send({ agent: group.agent, method: request.method, timeout, ...(await target(worker, group, request)) });
  upstream.on("response", (answer) => {
    response.writeHead(
      answer.statusCode,
      answer.statusMessage,
      withoutHeaders(answer.rawHeaders, CONNECTION_HEADERS, new Set(["transfer-encoding"])),
    );
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  upstream.on("timeout", () => {
    sendError(response, 504, `Worker ${worker.name} sent nothing within ${timeout / 1000} s.`);
    upstream.destroy();
  });
  upstream.on("error", (error) => {
    sendError(response, 502, `Worker ${worker.name} closed the connection: ${error.message}`);
  });
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}

/** Returns socket, path and headers of a request to a Worker. Miniflare's entry Worker runs cron triggers. */
async function target(worker, group, request) {
  const socketPath = await group.socketPath(worker);
  if (isCron(request)) {
    const cron = new URLSearchParams(request.url.split("?")[1]).get("cron") ?? "* * * * *";
    const headers = { host: "localhost", [WORKER_HEADER]: worker.name };
    return { socketPath: group.entrySocketPath, path: `${CRON_PATH}?${new URLSearchParams({ cron })}`, headers };
  }
  const headers = withoutHeaders(request.rawHeaders, CONNECTION_HEADERS, NETWORK_HEADERS);
  headers.push("CF-Connecting-IP", "127.0.0.1", "MF-CF-Blob", group.cf);
  return { socketPath, path: request.url, headers };
}

/** Responds with an error, or closes the connection if the response has already begun. */
function sendError(response, status, error) {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error }));
}

/** Returns raw headers (name, value, name, value, …) without those in the sets. */
function withoutHeaders(raw, ...sets) {
  const kept = [];
  for (let index = 0; index < raw.length; index += 2) {
    if (!sets.some((names) => names.has(raw[index].toLowerCase()))) kept.push(raw[index], raw[index + 1]);
  }
  return kept;
}
