/** Opens a WebSocket and prints its events as JSON: `node websocket_client.mjs`, with the options on the input. */
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const { folder, url, headers, send = [], close } = JSON.parse(await text(process.stdin));
const WebSocket = createRequire(`${folder}/`)("ws");
const messages = [];
const socket = new WebSocket(url, { headers, maxPayload: 64 * 1024 * 1024 });
const remaining = send.map((each) => (each.hex === undefined ? each.text.repeat(each.times ?? 1) : Buffer.from(each.hex, "hex")));

function next() {
  if (remaining.length > 0) socket.send(remaining.shift());
  else if (close) socket.close(close.code, close.reason);
}

socket.on("open", () => {
  messages.push("open");
  next();
});
socket.on("message", (data, isBinary) => {
  messages.push(isBinary ? { hex: data.toString("hex") } : { size: data.length, text: data.toString().slice(0, 100) });
  next();
});
socket.on("unexpected-response", async (_, response) => {
  console.log(JSON.stringify({ status: response.statusCode, text: await text(response) }));
  process.exit();
});
socket.on("error", (error) => messages.push({ error: error.message }));
socket.on("close", (code, reason) => console.log(JSON.stringify({ messages, code, reason: reason.toString() })));
