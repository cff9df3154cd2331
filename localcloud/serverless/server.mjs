/**
 * Emulates the service that Prisma's serverless driver calls: `node server.mjs --port N --databases-port N --ca FILE`.
 *
 * `--databases-port` is the port of the databases, which are selected by user name. `--ca` signed their certificate.
 * LOCALCLOUD_SERVERLESS_KEY is the bearer token of the endpoints below `/__localcloud/`; `health` needs none.
 * `PUT /__localcloud/latency` takes `{"milliseconds": 30}`: each message of a client is delayed, to
 * emulate distance. The upgrade to a session counts as a message. Open sessions keep their latency. Ends on SIGTERM.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { WebSocketServer } from "ws";

import { jsonObject, LARGEST_REQUEST_BYTES, ProtocolError, targetOf } from "./frames.mjs";
import { converse, SESSION, SUBPROTOCOL } from "./session.mjs";
import { answerStatement, STATEMENT } from "./statement.mjs";

const HOST = "127.0.0.1";
const LONGEST_LATENCY_MILLISECONDS = 60_000;
/** Other names are rejected, because the owner of a web page can resolve any host name to this machine. */
const HOSTS = /^(127\.0\.0\.1|localhost)(:\d+)?$/;

const { values: options } = parseArgs({
  options: { port: { type: "string" }, "databases-port": { type: "string" }, ca: { type: "string" } },
});
const key = process.env.LOCALCLOUD_SERVERLESS_KEY;
if (!options.port || !options["databases-port"] || !options.ca || !key) {
  console.error("server.mjs wants --port, --databases-port, --ca and the variable LOCALCLOUD_SERVERLESS_KEY.");
  process.exit(2);
}
const databases = { port: Number(options["databases-port"]), ca: readFileSync(options.ca, "utf8") };
let latency = 0;

const sessions = new WebSocketServer({ noServer: true, maxPayload: LARGEST_REQUEST_BYTES });
const server = createServer(async (request, response) => {
  try {
    await answer(request, response);
  } catch (error) {
    if (!(error instanceof ProtocolError)) console.error(`${new Date().toISOString()} error: ${error.message}`);
    sendError(response, error instanceof ProtocolError ? error : new ProtocolError("The service failed.", 500));
  }
});
server.on("upgrade", async (request, socket, head) => {
  socket.on("error", () => socket.destroy());
  await travel();
  const { path, database } = targetOf(request);
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
  if (!hasOurHost(request) || path !== SESSION || !offered.includes(SUBPROTOCOL)) {
    socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
    return;
  }
  sessions.handleUpgrade(request, socket, head, (session) => {
    session.on("error", () => session.terminate());
    converse(databases, session, database, latency);
  });
});

async function answer(request, response) {
  if (!hasOurHost(request)) throw new ProtocolError("The host must be 127.0.0.1 or localhost.");
  const { path } = targetOf(request);
  switch (`${request.method} ${path}`) {
    case `POST ${STATEMENT}`:
      await travel();
      return answerStatement(databases, request, response);
    case "GET /__localcloud/health":
      return json(response, 200, { status: "ok", latency_ms: latency });
    case "PUT /__localcloud/latency":
      latency = await latencyIn(request);
      return json(response, 200, { milliseconds: latency });
    default:
      throw new ProtocolError(`There is no endpoint ${request.method} ${path}.`, 404);
  }
}

function hasOurHost({ headers }) {
  return HOSTS.test(headers.host ?? "");
}

async function travel() {
  if (latency > 0) await sleep(latency);
}

async function latencyIn(request) {
  const digest = (text) => createHash("sha256").update(text).digest();
  if (!timingSafeEqual(digest(request.headers.authorization ?? ""), digest(`Bearer ${key}`))) {
    throw new ProtocolError("The bearer token is missing or wrong.", 401);
  }
  const { milliseconds } = jsonObject(Buffer.concat(await request.toArray()).toString("utf8"));
  if (typeof milliseconds !== "number" || milliseconds < 0 || milliseconds > LONGEST_LATENCY_MILLISECONDS) {
    throw new ProtocolError(`\`milliseconds\` must be a number from 0 to ${LONGEST_LATENCY_MILLISECONDS}.`);
  }
  return milliseconds;
}

/**
 * Responds with an error, or closes the connection if the response has already begun.
 *
 * The connection stays open, and Node discards the rest of the request. Closing it resets the connection, and a client
 * that still sends loses the response: https://www.rfc-editor.org/rfc/rfc9112#section-9.6 (read 2026-11-30).
 */
function sendError(response, { status, message }) {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const challenge = status === 401 ? { "www-authenticate": "Basic" } : {};
  json(response, status, { error: message }, challenge);
}

function json(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

server.listen(Number(options.port), HOST);
await once(server, "listening");
console.log(`${new Date().toISOString()} info: serverless databases on http://${HOST}:${options.port}`);
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(0));
