import { createServer, request as send } from "node:http";

/** Headers about one connection, not about the message (RFC 9110, section 7.6.1). */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "proxy-connection", "upgrade"]);
/** What Cloudflare's network writes itself. A client cannot set them there, so it cannot here. */
const NETWORK_HEADERS = new Set(["cf-connecting-ip", "mf-cf-blob"]);

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
    const worker = generation.workerFor(host);
    if (worker === undefined) {
      const { hosts } = generation;
      const known = hosts.length > 0 ? `Known hosts: ${hosts.join(", ")}.` : "No Worker is deployed yet.";
      refuse(response, 404, `No Worker answers for host "${host}". ${known}`);
      return;
    }
    generation.enter();
    response.once("close", () => generation.leave());
    forward(generation, worker, request, response, patienceSeconds * 1000).catch((error) => {
      refuse(response, 502, `Worker ${worker.name} cannot be reached: ${error.message}`);
    });
  });
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
