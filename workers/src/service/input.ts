import { DeadlineExceeded, within } from "./deadline.ts";

/** The request of a client is invalid. The message is a public sentence. */
export class BadInput extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

const MAX_BODY_BYTES = 4096;
const UPLOAD_SECONDS = 10;
const MAX_NAME_LENGTH = 200;
const EXAMPLE = '{"name": "one"}';

/** Reads the name of an item: 1 to 200 characters that Postgres can store. */
export async function itemName(request: Request): Promise<string> {
  validateSender(request);
  const body = await jsonOf(request);
  const name = typeof body === "object" && body !== null && "name" in body ? body.name : undefined;
  if (typeof name !== "string" || name.length === 0) throw new BadInput(`Send the item's name: ${EXAMPLE}.`);
  // Postgres cannot store NUL, and a lone surrogate is not a character.
  if (name.length > MAX_NAME_LENGTH || name.includes("\0") || !name.isWellFormed()) {
    throw new BadInput(`The name must have 1 to ${MAX_NAME_LENGTH} characters.`);
  }
  return name;
}

/** Rejects a form or a page of another site, which a browser would send together with the cookies of this site. */
function validateSender(request: Request): void {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    throw new BadInput("Send the header `content-type: application/json`.", 415);
  }
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== new URL(request.url).origin) {
    throw new BadInput("A page of another origin cannot send this request.", 403);
  }
}

async function jsonOf(request: Request): Promise<unknown> {
  const text = await textOf(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new BadInput(`The body must be JSON. Send ${EXAMPLE}.`);
  }
}

/** Reads the body as a string. */
async function textOf(request: Request): Promise<string> {
  try {
    return await within(UPLOAD_SECONDS, () => limitedText(request.body ?? []));
  } catch (error) {
    if (error instanceof BadInput) throw error;
    if (error instanceof DeadlineExceeded) throw new BadInput(`Send the body within ${UPLOAD_SECONDS} s.`, 408);
    throw new BadInput("The body ended early.");
  }
}

/** Stops if the body is too large, because `content-length` may be missing or wrong. */
async function limitedText(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw new BadInput(`The body must have at most ${MAX_BODY_BYTES} bytes.`, 413);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
