/** What a caller sent is not what the path takes. The message is a sentence that anyone may read. */
export class BadInput extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

const LARGEST_BODY_BYTES = 4096;
const LONGEST_NAME = 200;
const EXAMPLE = '{"name": "one"}';

/** The name of an item: 1 to 200 characters that a Postgres text can hold. */
export async function itemName(request: Request): Promise<string> {
  const body = await jsonOf(request);
  const name = typeof body === "object" && body !== null && "name" in body ? body.name : undefined;
  if (typeof name !== "string" || name.length === 0) throw new BadInput(`Send the item's name: ${EXAMPLE}.`);
  // A text of Postgres holds no NUL, and a lone surrogate is no character.
  if (name.length > LONGEST_NAME || name.includes("\0") || !name.isWellFormed()) {
    throw new BadInput(`A name has 1 to ${LONGEST_NAME} characters.`);
  }
  return name;
}

async function jsonOf(request: Request): Promise<unknown> {
  const text = await textOf(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new BadInput(`The body is not JSON. Send ${EXAMPLE}.`);
  }
}

/** The body as text, given up as soon as it is too large: its stated length may be missing or wrong. */
async function textOf(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_BODY_BYTES) throw new BadInput(`The body is larger than ${LARGEST_BODY_BYTES} bytes.`, 413);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
