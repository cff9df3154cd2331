/** Connects the WebSocket of a client with its Worker. */
import { request as send, ServerResponse } from "node:http";
import { answerWith, target } from "./upstream.mjs";

/** Returns a response on the socket of a request with `Upgrade`, for errors and for Workers that accept no WebSocket. */
export function responseOn(socket, request) {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on("finish", () => socket.end());
  socket.on("error", () => socket.destroy());
  return response;
}

/**
 * Forwards a handshake. Once the Worker has accepted it, the bytes pass unchanged in both directions.
 *
 * @param {Buffer} head the first bytes after the handshake
 * @param {number} timeout milliseconds in which the Worker must answer the handshake
 */
export async function upgrade({ worker, group }, request, socket, head, response, timeout) {
  group.enter();
  let isInFlight = true;
  // An open WebSocket does not delay the end of a replaced Worker.
  const leave = () => {
    if (isInFlight) group.leave();
    isInFlight = false;
  };
  socket.once("close", leave);
  const { headers, ...address } = await target(worker, group, request);
  headers.push("Connection", "Upgrade", "Upgrade", "websocket");
  const upstream = send({ agent: group.agent, method: request.method, timeout, headers, ...address });
  upstream.on("upgrade", (answer, peer, first) => {
    response.detachSocket(socket);
    leave();
    connect(socket, peer);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines(answer.rawHeaders)}\r\n`);
    socket.write(first);
    peer.write(head);
  });
  answerWith(upstream, worker, response, timeout);
  socket.on("close", () => upstream.destroy());
  upstream.end();
}

/** Connects two sockets until one of them is closed. */
function connect(one, other) {
  for (const [source, sink] of [
    [one, other],
    [other, one],
  ]) {
    source.setTimeout(0);
    source.setNoDelay(true);
    source.on("error", () => sink.destroy());
    source.on("close", () => sink.destroySoon());
    source.pipe(sink);
  }
}

function lines(raw) {
  let text = "";
  for (let index = 0; index < raw.length; index += 2) text += `${raw[index]}: ${raw[index + 1]}\r\n`;
  return text;
}
