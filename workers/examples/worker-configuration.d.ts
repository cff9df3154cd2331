/** The bindings of the examples, beside those of `copy/worker-configuration.d.ts`. */
declare namespace Cloudflare {
  interface Env {
    CACHE_SECONDS: string;
    FRESH: Hyperdrive;
    IMPORT: Workflow<{ name: string }>;
    JOBS: Queue<{ name: string }>;
    KEEP_DAYS: string;
  }
}
