import { ProtocolError } from "./frames.mjs";

const NAME = /^content-disposition:[^\n]*[ ;]name="([^"]*)"/im;

/**
 * Parses the parts of a message (RFC 7578) as bytes, because `Response.formData()` decodes parts without a file
 * name to strings.
 *
 * @param {Buffer} body
 * @param {string} contentType header with the boundary
 * @returns {{name: string, content: Buffer}[]}
 */
export function partsOf(body, contentType = "") {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)/i.exec(contentType)?.[1];
  if (!boundary) throw new ProtocolError("The request must be multipart/form-data with a boundary.", 415);
  // The line break before a boundary is part of the boundary.
  const message = Buffer.concat([Buffer.from("\r\n"), body]);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts = [];
  let start = message.indexOf(delimiter);
  for (;;) {
    const end = start < 0 ? -1 : message.indexOf(delimiter, start + delimiter.length);
    if (end < 0) break;
    parts.push(part(message.subarray(start + delimiter.length, end)));
    start = end;
  }
  if (start < 0 || !message.subarray(start + delimiter.length).toString("latin1").startsWith("--")) {
    throw new ProtocolError("The message is incomplete.");
  }
  return parts;
}

function part(lines) {
  const end = lines.indexOf("\r\n\r\n");
  const name = NAME.exec(lines.subarray(0, Math.max(end, 0)).toString("latin1"))?.[1];
  if (name === undefined) throw new ProtocolError("A part has no name.");
  return { name, content: lines.subarray(end + 4) };
}
