/** Accepts the clients of one pool on a port of 127.0.0.1. */
import { randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

import { Client } from "./client.mjs";
import { ProtocolError } from "./framing.mjs";
import * as messages from "./messages.mjs";
import { readMessage, readStartPacket } from "./reading.mjs";

const HOST = "127.0.0.1";

/** `access` has the user, the database and the password that clients need. */
export class Listener {
  #server = createServer((socket) => this.#accept(socket));
  #pool;
  #access;
  #timeout;
  #sockets = new Set();
  #clients = new Map();

  constructor(pool, access, timeoutMilliseconds) {
    this.#pool = pool;
    this.#access = access;
    this.#timeout = timeoutMilliseconds;
  }

  get clients() {
    return this.#clients.size;
  }

  /** Returns the port on which it listens. */
  async open() {
    this.#server.listen(0, HOST);
    await once(this.#server, "listening");
    return this.#server.address().port;
  }

  /** Accepts no new clients. */
  stop() {
    this.#server.close();
  }

  close() {
    this.stop();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #accept(socket) {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    const timer = setTimeout(() => socket.destroy(), this.#timeout);
    try {
      await this.#greet(socket);
    } catch (error) {
      const known = error instanceof ProtocolError ? { severity: "FATAL", code: "08P01", text: error.message } : undefined;
      const response = error.response ?? (known && messages.errorResponse(known));
      if (response) socket.end(response);
      else socket.destroy();
    } finally {
      clearTimeout(timer);
    }
  }

  async #greet(socket) {
    let packet = await readStartPacket(socket);
    while (packet.code === messages.SSL_REQUEST || packet.code === messages.GSS_REQUEST) {
      socket.write("N");
      packet = await readStartPacket(socket);
    }
    if (packet.code === messages.CANCEL_REQUEST) return this.#cancel(socket, packet.body);
    if (packet.code >> 16 !== messages.PROTOCOL_3 >> 16) throw new ProtocolError("unsupported protocol version");
    const parameters = startParameters(packet.body);
    this.#negotiate(socket, packet.code, parameters);
    await this.#authenticate(socket, parameters);
    await this.#begin(socket);
  }

  /** Newer clients request a minor version or options that the gateway does not have. */
  #negotiate(socket, version, parameters) {
    const options = [...parameters.keys()].filter((name) => name.startsWith("_pq_."));
    if (version === messages.PROTOCOL_3 && options.length === 0) return;
    const unknown = [messages.int32(0), messages.int32(options.length), ...options.map(messages.string)];
    socket.write(messages.message("v", ...unknown));
  }

  /** Loopback connections need no encryption, and the password opens nothing but this pool while it exists. */
  async #authenticate(socket, parameters) {
    socket.write(messages.AUTHENTICATION_CLEARTEXT);
    const { type, bytes } = await readMessage(socket);
    if (type !== "p") throw new ProtocolError("expected a password");
    const { user, database, password } = this.#access;
    const isDatabase = (parameters.get("database") ?? parameters.get("user")) === database;
    if (parameters.get("user") !== user || !isDatabase || !isEqual(bytes.subarray(5, -1), Buffer.from(password))) {
      const text = `password authentication failed for user "${parameters.get("user") ?? ""}"`;
      throw Object.assign(new Error(text), { response: messages.errorResponse({ severity: "FATAL", code: "28P01", text }) });
    }
  }

  async #begin(socket) {
    const reported = await this.#pool.parameters().catch((error) => {
      const { response, message: problem } = error;
      if (response) this.#pool.journal.addFailure({ code: messages.errorFields(response).C, problem });
      throw error;
    });
    if (socket.destroyed) return;
    const key = Buffer.concat([messages.int32(randomInt(1, 2 ** 31)), randomBytes(4)]);
    const name = key.toString("hex");
    const client = new Client(socket, this.#pool, () => this.#clients.delete(name));
    this.#clients.set(name, client);
    client.output.add(messages.AUTHENTICATION_OK);
    for (const [parameter, value] of reported) client.output.add(messages.parameterStatus(parameter, value));
    client.output.add(messages.message("K", key));
    client.output.add(messages.readyForQuery("I"));
    client.output.flush();
  }

  #cancel(socket, key) {
    this.#clients.get(key.toString("hex"))?.cancel();
    socket.end();
  }
}

function startParameters(body) {
  const texts = body.toString("utf8").split("\0");
  const parameters = new Map();
  for (let index = 0; texts[index]; index += 2) parameters.set(texts[index], texts[index + 1] ?? "");
  return parameters;
}

function isEqual(given, expected) {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
