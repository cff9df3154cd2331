import { createServer, request as send } from "node:http";

/** Headers that apply to one connection and are not forwarded (RFC 9110, section 7.6.1). */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "proxy-connection", "upgrade"]);
/** Headers that Cloudflare's network sets. A client cannot set them, there or here. */
const NETWORK_HEADERS = new Set(["cf-connecting-ip", "mf-cf-blob"]);

/** Runs a Worker's cron trigger now, as in `wrangler dev`: `?cron=` and the schedule. */
const CRON_PATH = "/cdn-cgi/local/scheduled";

/**
 * Creates the public server, which forwards each request to the Worker with the request's host.
 *
 * @param {import("./generations.mjs").Generations} generations
 * @param {number} timeoutSeconds a request fails if its Worker sends nothing for this time
 */
export function frontServer(generations, timeoutSeconds) {
  return createServer((request, response) => {
    const generation = generations.current;
    const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    const worker = generation.workerFor(host, request.headers);
    if (worker === undefined) {
      const { hosts } = generation;
      const known = hosts.length > 0 ? `Known hosts: ${hosts.join(", ")}.` : "No Worker is deployed yet.";
      sendError(response, 404, `No Worker is deployed for host "${host}". ${known}`);
      return;
    }
    generation.enter();
    response.once("close", () => generation.leave());
    const [path, query] = request.url.split("?");
    const answered =
      path === CRON_PATH
        ? trigger(generation, worker, new URLSearchParams(query).get("cron") ?? "* * * * *", response)
        : forward(generation, worker, request, response, timeoutSeconds * 1000);
    answered.catch((error) => {
      sendError(response, 502, `Worker ${worker.name} cannot be reached: ${error.message}`);
    });
  });
}

async function trigger(generation, worker, cron, response) {
  const outcome = await generation.trigger(worker, cron);
  response.writeHead(outcome === "ok" ? 200 : 500, { "content-type": "text/plain" });
  response.end(outcome);
}

async function forward(generation, worker, request, response, timeout) {
  const address = await generation.address(worker);
  const headers = withoutHeaders(request.rawHeaders, CONNECTION_HEADERS, NETWORK_HEADERS);
  headers.push("CF-Connecting-IP", "127.0.0.1", "MF-CF-Blob", generation.cf);
  const upstream = send({
    agent: generation.agent,
    host: address.hostname,
    port: address.port,
    method: request.method,
    path: request.url,
    headers,
    timeout,
  });
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
