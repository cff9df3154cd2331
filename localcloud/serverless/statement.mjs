/** `POST /v0/statement`: runs one statement and responds with one line of JSON for each frame. */
import { once } from "node:events";

import { Database, errorFields, isRefusedSignIn } from "./database.mjs";
import { DESCRIPTOR, LARGEST_REQUEST_BYTES, PARAMETERS, ProtocolError, statementOf, targetOf } from "./frames.mjs";
import { partsOf } from "./multipart.mjs";

export const STATEMENT = "/v0/statement";

/**
 * Handles the request. The body is read once the database has accepted the credentials. Throws `ProtocolError`.
 */
export async function answerStatement(server, request, response) {
  const credentials = { ...credentialsOf(request), database: targetOf(request).database };
  let database;
  try {
    database = await Database.open(server, credentials);
  } catch (error) {
    if (isRefusedSignIn(error)) throw new ProtocolError("The credentials are not accepted.", 401);
    begin(response).write("error", { error: errorFields(error) });
    response.end();
    return;
  }
  response.once("close", () => database.close());
  const statement = await statementIn(partsOf(await bodyOf(request), request.headers["content-type"]));
  await database.run(statement, begin(response));
  response.end();
}

function begin(response) {
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  return {
    write: (_kind, frame) => response.write(`${JSON.stringify(frame)}\n`),
    drained: () => Promise.race([once(response, "drain"), once(response, "close")]),
  };
}

/** Returns user and password as in the connection string, because the driver does not URL-decode them. */
function credentialsOf(request) {
  const [scheme, encoded = ""] = (request.headers.authorization ?? "").split(" ");
  const [user, ...password] = Buffer.from(encoded, "base64").toString("latin1").split(":");
  if (scheme.toLowerCase() !== "basic" || !user || password.length === 0) {
    throw new ProtocolError("User and password are missing.", 401);
  }
  return { user, password: password.join(":") };
}

function statementIn([descriptor, ...parameters]) {
  if (descriptor?.name !== DESCRIPTOR) throw new ProtocolError("The first part must be a descriptor.");
  return statementOf(descriptor.content.toString("utf8"), async (type) => {
    const part = parameters.shift();
    if (PARAMETERS[part?.name] !== type) throw new ProtocolError(`A part with a ${type} parameter is missing.`);
    return part.content;
  });
}

async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_REQUEST_BYTES) {
      throw new ProtocolError(`The request must have at most ${LARGEST_REQUEST_BYTES} bytes.`, 413);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
