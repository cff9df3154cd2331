/** Bundles the Worker of every driver into `dist/`: `node build.ts`. */
import { mkdir, writeFile } from "node:fs/promises";

import { bundle, driverNames } from "./bundle.ts";

const dist = `${import.meta.dirname}/dist`;
await mkdir(dist, { recursive: true });
for (const name of await driverNames()) {
  const { drivers, text, files } = await bundle(name);
  await write(`${name}.js`, text, drivers.join(", "));
  for (const [file, bytes] of Object.entries(files)) await write(file, bytes, "a module beside it");
}

async function write(file: string, content: string | Uint8Array, note: string): Promise<void> {
  await writeFile(`${dist}/${file}`, content);
  console.log(`dist/${file}  ${Math.round(content.length / 1024)} KB  ${note}`);
}
