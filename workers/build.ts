/** Bundles the Worker of every driver into `dist/`: `node build.ts`. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { bundle, namesIn, driverNames } from "./bundle.ts";

const dist = `${import.meta.dirname}/dist`;
for (const name of [...(await driverNames()), ...(await namesIn("copy")), ...(await namesIn("examples"))]) {
  const { drivers, text, files, map } = await bundle(name);
  await write(`${name}.js`, text, drivers.join(", "));
  if (map) await write(`${name}.js.map`, map, "its source map");
  const folder = dirname(name);
  for (const [file, bytes] of Object.entries(files)) await write(`${folder}/${file}`, bytes, "a module beside it");
}

async function write(file: string, content: string | Uint8Array, note: string): Promise<void> {
  await mkdir(dirname(`${dist}/${file}`), { recursive: true });
  await writeFile(`${dist}/${file}`, content);
  console.log(`dist/${file}  ${Math.round(content.length / 1024)} KB  ${note}`);
}
