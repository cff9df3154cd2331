import { createServer, request as send } from "node:http";
import { responseOn, upgrade } from "./upgrade.mjs";
import { answerWith, isCron, sendError, target } from "./upstream.mjs";

/** Hosts that no web page has. */
const LOCAL_HOST = /^(localhost|.*\.localhost|127\.0\.0\.1)$/;
const FOREIGN_PAGE = "A web page of another site cannot call the Workers of a local cloud.";
const NO_UPGRADE = "This request cannot be upgraded. Open a WebSocket, or send the request without `Upgrade`.";

/**
 * Creates the public server, which forwards each request and WebSocket to the Worker with the request's host.
 *
 * @param {import("./groups.mjs").Groups} groups
 * @param {number} timeoutSeconds a request fails if its Worker sends nothing for this time
 */
export function frontServer(groups, timeoutSeconds) {
  const timeout = timeoutSeconds * 1000;
  const server = createServer((request, response) => {
    const found = admitted(groups, request, response);
    if (found === undefined) return;
    found.group.enter();
    response.once("close", () => found.group.leave());
    forward(found, request, response, timeout).catch((error) => unreachable(found, response, error));
  });
  server.on("upgrade", (request, socket, head) => {
    const response = responseOn(socket, request);
    const isWebSocket = request.headers.upgrade.toLowerCase() === "websocket";
    // A server may ignore other protocols, such as curl's `h2c`. Node.js does not read the body of such a request.
    if (!isWebSocket && !hasBody(request)) {
      server.emit("request", request, response);
      return;
    }
    if (!isWebSocket || isCron(request)) {
      sendError(response, 400, NO_UPGRADE);
      return;
    }
    const found = admitted(groups, request, response);
    if (found === undefined) return;
    upgrade(found, request, socket, head, response, timeout).catch((error) => unreachable(found, response, error));
  });
  return server;
}

function hasBody({ headers }) {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function unreachable({ worker }, response, error) {
  sendError(response, 502, `Worker ${worker.name} cannot be reached: ${error.message}`);
}

/** Returns the Worker of a request and its group. Sends an error if there is none, or if a page may not call it. */
function admitted(groups, request, response) {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  const found = groups.find(host, request.headers);
  if (found === undefined) {
    sendError(response, 404, `No Worker is deployed for host "${host}".${LOCAL_HOST.test(host) ? hint(groups) : ""}`);
  } else if (isCron(request) && (request.headers["sec-fetch-site"] ?? "none") !== "none") {
    sendError(response, 403, "A web page cannot run a cron trigger. Open the address directly, or use curl.");
  } else if (isOfForeignPage(host, request.headers, groups.hosts)) {
    sendError(response, 403, `${FOREIGN_PAGE} Use a page on localhost or on a host of a Worker.`);
  } else {
    return found;
  }
  return undefined;
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
 * only `Origin` to a host of a Worker that the developer's name server resolves to this machine. For a WebSocket, only
 * `Origin` is certain.
 */
function isOfForeignPage(host, { origin, referer, upgrade, "sec-fetch-site": site, "sec-fetch-mode": mode }, hosts) {
  if (site === "none" || site === "same-origin") return false;
  if (site === undefined && ((LOCAL_HOST.test(host) && !upgrade) || origin === undefined)) return false;
  const page = origin ?? referer ?? "";
  if (origin === undefined && mode === "navigate") return false;
  const pageHost = URL.canParse(page) ? new URL(page).hostname : "";
  return !LOCAL_HOST.test(pageHost) && !hosts.some((each) => each.toLowerCase() === pageHost);
}

async function forward({ worker, group }, request, response, timeout) {
  const upstream = send({ agent: group.agent, method: request.method, timeout, ...(await target(worker, group, request)) });
  answerWith(upstream, worker, response, timeout);
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}
