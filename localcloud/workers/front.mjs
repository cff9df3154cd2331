import { createServer, request as send } from "node:http";

/** Headers about one connection, not about the message (RFC 9110, section 7.6.1). */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "proxy-connection", "upgrade"]);
/** What Cloudflare's network writes itself. A client cannot set them there, so it cannot here. */
const NETWORK_HEADERS = new Set(["cf-connecting-ip", "mf-cf-blob"]);

/** Runs a Worker's cron trigger now, as in `wrangler dev`: `?cron=` and the schedule. */
const CRON_PATH = "/cdn-cgi/local/scheduled";

/**
 * The public server: hands each request to the Worker whose host it names.
 *
 * @param {import("./generations.mjs").Generations} generations
 * @param {number} patienceSeconds a Worker that sends nothing for so long is given up
 */
export function frontServer(generations, patienceSeconds) {
  return createServer((request, response) => {
    const generation = generations.current;
    const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    const worker = generation.workerFor(host, request.headers);
    if (worker === undefined) {
      const { hosts } = generation;
      const known = hosts.length > 0 ? `Known hosts: ${hosts.join(", ")}.` : "No Worker is deployed yet.";
      refuse(response, 404, `No Worker answers for host "${host}". ${known}`);
      return;
    }
    generation.enter();
    response.once("close", () => generation.leave());
    const [path, query] = request.url.split("?");
    const answered =
      path === CRON_PATH
        ? trigger(generation, worker, new URLSearchParams(query).get("cron") ?? "* * * * *", response)
        : forward(generation, worker, request, response, patienceSeconds * 1000);
    answered.catch((error) => {
      refuse(response, 502, `Worker ${worker.name} cannot be reached: ${error.message}`);
    });
  });
}

async function trigger(generation, worker, cron, response) {
  const outcome = await generation.trigger(worker, cron);
  response.writeHead(outcome === "ok" ? 200 : 500, { "content-type": "text/plain" });
  response.end(outcome);
}

async function forward(generation, worker, request, response, patience) {
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
    timeout: patience,
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
    refuse(response, 504, `Worker ${worker.name} sent nothing within ${patience / 1000} s.`);
    upstream.destroy();
  });
  upstream.on("error", (error) => refuse(response, 502, `Worker ${worker.name} broke off: ${error.message}`));
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}

/** Answers with a sentence, or breaks off where an answer has begun already. */
function refuse(response, status, error) {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error }));
}

/** Raw headers (name, value, name, value, …) without those in the sets. */
function withoutHeaders(raw, ...sets) {
  const kept = [];
  for (let index = 0; index < raw.length; index += 2) {
    if (!sets.some((names) => names.has(raw[index].toLowerCase()))) kept.push(raw[index], raw[index + 1]);
  }
  return kept;
}
