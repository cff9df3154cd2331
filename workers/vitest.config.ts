import { readFile } from "node:fs/promises";
import { defineConfig } from "vitest/config";

import { generate } from "./generate.ts";

await generate();

export default defineConfig({
  plugins: [
    {
      name: "WASM modules as workerd gives them",
      enforce: "pre",
      async load(id) {
        if (!id.endsWith(".wasm?module")) return null;
        const bytes = await readFile(id.replace("?module", ""), "base64");
        return `export default new WebAssembly.Module(Buffer.from("${bytes}", "base64"));`;
      },
    },
  ],
});
