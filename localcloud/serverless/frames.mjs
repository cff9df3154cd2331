/** The frames of the protocol, as @prisma/ppg 1.0.1 sends and accepts them. */

const PREFIX = "urn:prisma:query";
export const DESCRIPTOR = `${PREFIX}:descriptor`;
/** Names of frames for parameters of more than 1 KiB, which are not part of the descriptor. */
export const PARAMETERS = { [`${PREFIX}:param:text`]: "text", [`${PREFIX}:param:binary`]: "binary" };
/** Names of response frames. A session sends the name before each frame. Over HTTP the keys identify a frame. */
export const ANSWERS = {
  description: `${PREFIX}:result:description`,
  row: `${PREFIX}:result:datarow`,
  complete: `${PREFIX}:result:complete`,
  error: `${PREFIX}:result:error`,
};

/** Path and database of a request. */
export function targetOf(request) {
  const [path, query] = request.url.split("?", 2);
  return { path, database: new URLSearchParams(query).get("db") ?? undefined };
}

/** Limit for a request with all its parameters, and for the pending messages of a session. */
export const LARGEST_REQUEST_BYTES = 32 * 1024 * 1024;

/** A violation of the protocol by a client. `status` is the HTTP status. */
export class ProtocolError extends Error {
  constructor(message, status = 400) {
    super(message);
    this.status = status;
  }
}

/**
 * Reads one statement from its frames.
 *
 * `{query | exec, parameters: [{type, value} | {type, byteSize}]}`: a value is a string,
 * base64 of binary data, or null. A parameter with a size is in a separate frame, in the order of the parameters.
 *
 * @param {string} descriptor JSON
 * @param {(type: "text" | "binary") => Promise<Buffer>} next the content of the next parameter's frame
 * @returns {Promise<{text: string, isExec: boolean, values: (string | Buffer | null)[]}>}
 */
export async function statementOf(descriptor, next) {
  const { query, exec, parameters = [] } = jsonObject(descriptor);
  const text = query ?? exec;
  if (typeof text !== "string" || !Array.isArray(parameters)) {
    throw new ProtocolError("The descriptor needs `query` or `exec`, and `parameters` must be a list.");
  }
  const values = [];
  for (const parameter of parameters) values.push(await valueOf(parameter ?? {}, next));
  return { text, isExec: query === undefined, values };
}

async function valueOf({ type, value, byteSize }, next) {
  if (!Object.values(PARAMETERS).includes(type)) {
    throw new ProtocolError("The type of a parameter must be text or binary.");
  }
  if (byteSize === undefined) {
    if (value === null) return null;
    if (typeof value !== "string") throw new ProtocolError("A parameter needs a value or a size.");
    return type === "text" ? value : Buffer.from(value, "base64");
  }
  if (!Number.isSafeInteger(byteSize) || byteSize < 0 || byteSize > LARGEST_REQUEST_BYTES) {
    throw new ProtocolError(`The size of a parameter must be an integer from 0 to ${LARGEST_REQUEST_BYTES}.`);
  }
  const content = await next(type);
  if (content.length !== byteSize) {
    throw new ProtocolError(`A parameter of ${byteSize} bytes has ${content.length} bytes.`);
  }
  return type === "text" ? content.toString("utf8") : content;
}

export function jsonObject(text) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    found = undefined;
  }
  if (found === null || typeof found !== "object") throw new ProtocolError("A frame must be a JSON object.");
  return found;
}
