/** Reads a known number of bytes or one message from a socket, during the handshake of a connection. */
import { ProtocolError } from "./framing.mjs";

const LARGEST_HANDSHAKE_MESSAGE_BYTES = 65_536;

/** The other side closed the connection. */
export class Closed extends Error {
  constructor() {
    super("the connection was closed");
  }
}

/** Returns the next `count` bytes. Throws `Closed`, or the error of the socket. */
export async function readBytes(socket, count) {
  for (;;) {
    const bytes = socket.read(count);
    if (bytes?.length === count) return bytes;
    if (bytes || socket.readableEnded || socket.destroyed) throw socket.errored ?? new Closed();
    await readable(socket);
  }
}

/** Returns the next message as its type and its bytes, header included. */
export async function readMessage(socket) {
  const header = await readBytes(socket, 5);
  const length = header.readUInt32BE(1) - 4;
  if (length < 0 || length > LARGEST_HANDSHAKE_MESSAGE_BYTES) throw new ProtocolError("invalid message length");
  const body = length > 0 ? await readBytes(socket, length) : Buffer.alloc(0);
  return { type: String.fromCharCode(header[0]), bytes: Buffer.concat([header, body]) };
}

/** Returns the next packet without a type: the code of a request at the start, and the bytes after it. */
export async function readStartPacket(socket) {
  const length = (await readBytes(socket, 4)).readUInt32BE() - 4;
  if (length < 4 || length > LARGEST_HANDSHAKE_MESSAGE_BYTES) throw new ProtocolError("invalid length of the first packet");
  const packet = await readBytes(socket, length);
  return { code: packet.readUInt32BE(), body: packet.subarray(4) };
}

function readable(socket) {
  const events = ["readable", "end", "close", "error"];
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) socket.off(event, done);
      resolve();
    };
    for (const event of events) socket.on(event, done);
  });
}
