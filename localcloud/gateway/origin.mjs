/** Opens connections to a database as Hyperdrive does: with TLS, then SCRAM-SHA-256, md5 or a password. */
import { connect, isIP } from "node:net";
import tls from "node:tls";
import sasl from "pg/lib/crypto/sasl.js";
import crypto from "pg/lib/crypto/utils.js";
import { serialize } from "pg-protocol";

import { readString } from "./framing.mjs";
import { errorResponse, int32, SSL_REQUEST } from "./messages.mjs";
import { readBytes, readMessage } from "./reading.mjs";

export const APPLICATION_NAME = "Cloudflare Hyperdrive";
/** https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/ (November 2026) */
const REASONS = { ECONNREFUSED: "connection_refused" };

/** A connection cannot be opened. `response` is the `ErrorResponse` for clients. */
export class OriginError extends Error {
  constructor(text, response = errorResponse({ severity: "FATAL", text })) {
    super(text);
    this.response = response;
  }
}

/**
 * Opens a connection. Throws `OriginError`.
 * @returns {Promise<{socket: import("node:net").Socket, parameters: Map<string, string>, key: Buffer}>} the connection,
 *   the parameters that the server reports, and the key for requests to cancel a query
 */
export async function openConnection(origin, timeoutMilliseconds) {
  let current = connect(origin.port, origin.host);
  const timer = setTimeout(() => current.destroy(new Error("timeout")), timeoutMilliseconds);
  try {
    current = await secured(current, origin);
    current.setNoDelay(true);
    current.write(serialize.startup(startupParameters(origin)));
    await authenticate(current, origin);
    return { socket: current, ...(await settings(current)) };
  } catch (error) {
    current.destroy();
    throw error instanceof OriginError ? error : connectionFailed(REASONS[error.code] ?? reasonOf(error));
  } finally {
    clearTimeout(timer);
  }
}

/** Asks the server to cancel what the connection with this key does. Returns when the server has received it. */
export async function cancel(origin, key, timeoutMilliseconds) {
  let current = connect(origin.port, origin.host);
  const timer = setTimeout(() => current.destroy(), timeoutMilliseconds);
  try {
    current = await secured(current, origin);
    const request = Buffer.concat([int32(12 + key.length - 4), int32(80877102), key]);
    current.on("error", () => {});
    const closed = new Promise((resolve) => current.once("close", resolve));
    current.write(request);
    current.resume();
    await closed;
  } catch {
    current.destroy();
  } finally {
    clearTimeout(timer);
  }
}

async function secured(socket, origin) {
  socket.on("error", () => {}); // every read reports it
  if (origin.tls.sslmode === "disable") return socket;
  socket.write(Buffer.concat([int32(8), int32(SSL_REQUEST)]));
  const [answer] = await readBytes(socket, 1);
  if (answer !== "S".charCodeAt(0)) throw connectionFailed("tls_not_supported");
  // Bytes before the handshake are not encrypted: https://www.postgresql.org/support/security/CVE-2021-23222/
  if (socket.readableLength > 0) throw connectionFailed("data before the TLS handshake");
  const encrypted = tls.connect({ socket, ...tlsOptions(origin) });
  encrypted.on("error", () => {});
  await new Promise((resolve, reject) => {
    encrypted.once("secureConnect", resolve);
    encrypted.once("error", reject);
    encrypted.once("close", () => reject(new Error("closed during the TLS handshake")));
  });
  return encrypted;
}

function startupParameters({ user, database, options }) {
  const optional = options ? { options } : {};
  return { user, database, application_name: APPLICATION_NAME, client_encoding: "UTF8", ...optional };
}

function tlsOptions({ host, tls: { sslmode, ca, certificate, key } }) {
  return {
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca ? { ca } : {}),
    ...(certificate ? { cert: certificate, key } : {}),
    rejectUnauthorized: sslmode === "verify-ca" || sslmode === "verify-full",
    checkServerIdentity: (_, peer) => (sslmode === "verify-full" ? tls.checkServerIdentity(host, peer) : undefined),
  };
}

async function authenticate(socket, { user, password }) {
  let session;
  for (;;) {
    const { type, bytes } = await readMessage(socket);
    if (type === "E") throw new OriginError("The database rejects the connection.", bytes);
    if (type !== "R") continue;
    const body = bytes.subarray(9);
    switch (bytes.readInt32BE(5)) {
      case 0:
        return;
      case 3:
        if (!socket.encrypted) throw failed("the database asks for the password in plain text");
        socket.write(serialize.password(password));
        break;
      case 5:
        socket.write(serialize.password(await crypto.postgresMd5PasswordHash(user, password, body.subarray(0, 4))));
        break;
      case 10:
        session = sasl.startSession(body.toString().split("\0").filter(Boolean));
        socket.write(serialize.sendSASLInitialResponseMessage(session.mechanism, session.response));
        break;
      case 11:
        await sasl.continueSession(session, password, body.toString());
        socket.write(serialize.sendSCRAMClientFinalMessage(session.response));
        break;
      case 12:
        sasl.finalizeSession(session, body.toString());
        break;
      default:
        throw connectionFailed("unsupported authentication method");
    }
  }
}

async function settings(socket) {
  const parameters = new Map();
  let key = Buffer.alloc(8);
  for (;;) {
    const { type, bytes } = await readMessage(socket);
    if (type === "E") throw new OriginError("The database rejects the connection.", bytes);
    if (type === "K") key = Buffer.from(bytes.subarray(5));
    if (type === "Z") return { parameters, key };
    if (type === "S") {
      const { text: name, end } = readString(bytes, 5);
      parameters.set(name, readString(bytes, end).text);
    }
  }
}

/** Returns Hyperdrive's error about a connection that cannot be opened. */
export function connectionFailed(reason) {
  return new OriginError(`Server connection attempt failed: ${reason}`);
}

/** Returns a reason without the name of the host or the password. */
function reasonOf(error) {
  return error.code ?? (error.message === "timeout" ? "timeout" : "connection_closed");
}
