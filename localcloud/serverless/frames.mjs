/** The frames of the protocol, in the forms that @prisma/ppg 1.0.1 sends and takes. */

const PREFIX = "urn:prisma:query";
export const DESCRIPTOR = `${PREFIX}:descriptor`;
/** Of parameters that are too long to stand in the descriptor: more than 1 KiB. */
export const PARAMETERS = { [`${PREFIX}:param:text`]: "text", [`${PREFIX}:param:binary`]: "binary" };
/** Of what is answered. In a session each frame's name goes ahead of it; by HTTP its keys tell it. */
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

/** Of a request with all its parameters, and of what waits in a session. */
export const LARGEST_REQUEST_BYTES = 32 * 1024 * 1024;

/** A client that does not keep to the protocol. `status` is for an answer by HTTP. */
export class ProtocolError extends Error {
  constructor(message, status = 400) {
    super(message);
    this.status = status;
  }
}

/**
 * One statement out of its frames.
 *
 * `{query | exec, parameters: [{type, value} | {type, byteSize}]}`: a value is a text, base64 of binary data, or null;
 * one with a size comes in a frame of its own, in the parameters' order.
 *
 * @param {string} descriptor JSON
 * @param {(type: "text" | "binary") => Promise<Buffer>} next the content of the next parameter's frame
 * @returns {Promise<{text: string, isExec: boolean, values: (string | Buffer | null)[]}>}
 */
export async function statementOf(descriptor, next) {
  const { query, exec, parameters = [] } = jsonObject(descriptor);
  const text = query ?? exec;
  if (typeof text !== "string" || !Array.isArray(parameters)) {
    throw new ProtocolError("The descriptor has no `query` and no `exec`, or its `parameters` are no list.");
  }
  const values = [];
  for (const parameter of parameters) values.push(await valueOf(parameter ?? {}, next));
  return { text, isExec: query === undefined, values };
}

async function valueOf({ type, value, byteSize }, next) {
  if (!Object.values(PARAMETERS).includes(type)) throw new ProtocolError("A parameter is neither text nor binary.");
  if (byteSize === undefined) {
    if (value === null) return null;
    if (typeof value !== "string") throw new ProtocolError("A parameter has no value and no size.");
    return type === "text" ? value : Buffer.from(value, "base64");
  }
  const content = await next(type);
  if (content.length !== byteSize) {
    throw new ProtocolError(`A parameter of ${byteSize} bytes came with ${content.length}.`);
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
  if (found === null || typeof found !== "object") throw new ProtocolError("A frame is no JSON object.");
  return found;
}
