/** The request of a client is invalid. The message is a public sentence. */
export class BadInput extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

const MAX_BODY_BYTES = 4096;
const MAX_NAME_LENGTH = 200;
const EXAMPLE = '{"name": "one"}';

/** Reads the name of an item: 1 to 200 characters that Postgres can store. */
export async function itemName(request: Request): Promise<string> {
  const body = await jsonOf(request);
  const name = typeof body === "object" && body !== null && "name" in body ? body.name : undefined;
  if (typeof name !== "string" || name.length === 0) throw new BadInput(`Send the item's name: ${EXAMPLE}.`);
  // Postgres cannot store NUL, and a lone surrogate is not a character.
  if (name.length > MAX_NAME_LENGTH || name.includes("\0") || !name.isWellFormed()) {
    throw new BadInput(`The name must have 1 to ${MAX_NAME_LENGTH} characters.`);
  }
  return name;
}

async function jsonOf(request: Request): Promise<unknown> {
  const text = await textOf(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new BadInput(`The body must be JSON. Send ${EXAMPLE}.`);
  }
}

/** Reads the body as a string, and stops if it is too large, because `content-length` may be missing or wrong. */
async function textOf(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw new BadInput(`The body must have at most ${MAX_BODY_BYTES} bytes.`, 413);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
