/** Reads the figures of the gateway every two seconds, and shows them. */
import { section } from "./charts.mjs";

const READ_MILLISECONDS = 2_000;
const NEW_LINK = "Run `python -m localcloud page`, and open the link that it prints.";

async function keyOf(code) {
  if (!code) return sessionStorage.getItem("key");
  history.replaceState(null, "", "/");
  const response = await fetch("/keys", { method: "POST", body: JSON.stringify({ code }) });
  if (!response.ok) return undefined;
  const { key } = await response.json();
  sessionStorage.setItem("key", key);
  return key;
}

function show(message) {
  document.querySelector("#message").textContent = message;
}

async function update(key) {
  const response = await fetch("/view", { headers: { authorization: `Bearer ${key}` } });
  if (response.status === 401) return show(`The key of this tab is not valid. ${NEW_LINK}`);
  const { configurations } = await response.json();
  show(configurations.length > 0 ? "" : "No Hyperdrive configuration is deployed.");
  document.querySelector("#configurations").innerHTML = configurations.map((each) => section(each, Date.now())).join("");
  setTimeout(() => run(key), READ_MILLISECONDS);
}

async function run(key) {
  try {
    await update(key);
  } catch {
    show("The gateway does not respond. Run `python -m localcloud up`.");
    setTimeout(() => run(key), READ_MILLISECONDS);
  }
}

const key = await keyOf(location.hash.slice(1)).catch(() => undefined);
if (key) run(key);
else show(`The link has expired, or was opened before. ${NEW_LINK}`);
