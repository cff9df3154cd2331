/** Writes the Worker of every driver to `dist/`: `node build.ts`. */
import { mkdir, writeFile } from "node:fs/promises";

import { bundle, driverNames } from "./bundle.ts";

const dist = `${import.meta.dirname}/dist`;
await mkdir(dist, { recursive: true });
for (const name of await driverNames()) {
  const { drivers, text } = await bundle(name);
  await writeFile(`${dist}/${name}.js`, text);
  console.log(`dist/${name}.js  ${Math.round(text.length / 1024)} KB  ${drivers.join(", ")}`);
}
