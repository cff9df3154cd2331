/** `/v0/session`: a WebSocket for many statements on one connection. Clients may pipeline statements. */
import { setTimeout as sleep } from "node:timers/promises";

import { Database, isRefusedSignIn } from "./database.mjs";
import { ANSWERS, DESCRIPTOR, jsonObject, PARAMETERS, ProtocolError, statementOf } from "./frames.mjs";
import { Inbox } from "./inbox.mjs";

export const SESSION = "/v0/session";
export const SUBPROTOCOL = "prisma-postgres-1.0";

const SIGN_IN_MILLISECONDS = 10_000;
const IDLE_MILLISECONDS = 10 * 60_000;
const MOST_UNSENT_BYTES = 1024 * 1024;

/** Codes of RFC 6455, section 7.4.1. The close codes of Prisma's service are not documented. */
const PROTOCOL_VIOLATION = 1002;
const NOT_ACCEPTED = 1008;
const FAILED = 1011;

/** Serves one session until either end closes it. `latency` is the delay of every message in milliseconds. */
export async function converse(server, socket, database, latency) {
  const inbox = new Inbox(socket, latency);
  let connection;
  try {
    const { username, password } = jsonObject(await inbox.text(SIGN_IN_MILLISECONDS));
    if (typeof username !== "string" || typeof password !== "string") {
      throw new ProtocolError("User and password are missing.");
    }
    connection = await Database.open(server, { user: username, password, database });
    const sink = sinkOf(socket, connection);
    for (;;) await connection.run(await nextStatement(inbox), sink);
  } catch (error) {
    socket.close(...reasonFor(error));
  } finally {
    await connection?.close();
  }
}

async function nextStatement(inbox) {
  const urn = await inbox.text(IDLE_MILLISECONDS);
  if (urn !== DESCRIPTOR) throw new ProtocolError("A statement must begin with its descriptor.");
  return statementOf(await inbox.text(), async (type) => {
    if (PARAMETERS[await inbox.text()] !== type) throw new ProtocolError(`A frame with a ${type} parameter is missing.`);
    return inbox.bytes();
  });
}

/** Ends the session if its client left while rows are sent. Statements that it sent before are still executed. */
function sinkOf(socket, connection) {
  const isOpen = () => socket.readyState === socket.OPEN;
  const isFull = () => socket.bufferedAmount >= MOST_UNSENT_BYTES;
  return {
    write(kind, frame) {
      socket.send(ANSWERS[kind], ignored);
      socket.send(JSON.stringify(frame), ignored);
      return isOpen() && !isFull();
    },
    async drained() {
      while (isOpen() && isFull()) await sleep(5);
      if (!isOpen()) await connection.close();
    },
  };
}

function reasonFor(error) {
  if (error instanceof ProtocolError) return [PROTOCOL_VIOLATION, error.message];
  if (isRefusedSignIn(error)) return [NOT_ACCEPTED, "The credentials are not accepted."];
  return [FAILED, "The database is unreachable."];
}

/** Ignored, because `close` reports a client that disconnected. */
function ignored() {}
