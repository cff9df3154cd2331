/** The request of a client as its Worker gets it, and the responses that the public server itself sends. */

/** Headers that apply to one connection and are not forwarded (RFC 9110, section 7.6.1). */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "proxy-connection", "upgrade"]);
/** Headers that Cloudflare's network sets. A client cannot set them, there or here. */
const NETWORK_HEADERS = new Set(["cf-connecting-ip", "mf-cf-blob"]);

/** Runs a Worker's cron trigger now, as in `wrangler dev`: `?cron=` and the schedule. */
const CRON_PATH = "/cdn-cgi/local/scheduled";
/** The header with which Miniflare's entry Worker selects a Worker. */
const WORKER_HEADER = "MF-Route-Override";

export function isCron({ url }) {
  return url.split("?")[0] === CRON_PATH;
}

/** Returns socket, path and headers of a request to a Worker. Miniflare's entry Worker runs cron triggers. */
export async function target(worker, group, request) {
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

/** Passes the answer of a Worker to its client, or an error if the Worker sends nothing or closes the connection. */
export function answerWith(upstream, worker, response, timeout) {
  upstream.on("response", (answer) => passOn(answer, response));
  upstream.on("timeout", () => {
    sendError(response, 504, `Worker ${worker.name} sent nothing within ${timeout / 1000} s.`);
    upstream.destroy();
  });
  upstream.on("error", (error) => {
    sendError(response, 502, `Worker ${worker.name} closed the connection: ${error.message}`);
  });
}

/** Sends the response of a Worker to its client. */
function passOn(answer, response) {
  response.writeHead(
    answer.statusCode,
    answer.statusMessage,
    withoutHeaders(answer.rawHeaders, CONNECTION_HEADERS, new Set(["transfer-encoding"])),
  );
  answer.pipe(response);
  answer.on("error", () => response.destroy());
}

/** Responds with an error, or closes the connection if the response has already begun. */
export function sendError(response, status, error) {
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
