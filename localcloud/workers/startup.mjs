/** The limit for the CPU time that Workers use at their start. */
import { readFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { RejectedError } from "./bindings.mjs";

/** https://developers.cloudflare.com/workers/platform/limits/ (read 2026-11-21) */
const SECONDS_OF_ONE_WORKER = 1;
/** workerd itself needs about 0.15 seconds, and 0.05 seconds for each Worker of usual size. */
const SECONDS_OF_RUNTIME = 1;
const SECONDS_PER_WORKER = 0.3;
const INTERVAL_MILLISECONDS = 200;
const TICKS_PER_SECOND = 100;

/**
 * Waits until a process has started its Workers.
 * @param {Promise} ready resolves when the process is ready
 * @param {string} pidFile path of the file with its process id
 * @param {number} count number of Workers
 * @throws {RejectedError} if the Workers use too much CPU time
 */
export async function withinStartupLimit(ready, pidFile, count) {
  const finished = ready.then(
    () => true,
    () => true,
  );
  const limit = SECONDS_OF_RUNTIME + SECONDS_OF_ONE_WORKER + SECONDS_PER_WORKER * count;
  for (;;) {
    const pause = new Promise((resolve) => setTimeout(resolve, INTERVAL_MILLISECONDS, false));
    if (await Promise.race([finished, pause])) return ready;
    if ((await cpuSeconds(pidFile)) > limit) {
      throw new RejectedError("Error: Script startup exceeded CPU time limit.");
    }
  }
}

/** Returns the CPU time of a process, or 0 if it does not run yet. */
async function cpuSeconds(pidFile) {
  const pid = (await readFile(pidFile, "utf8").catch(() => "")).trim();
  if (!pid) return 0;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return secondsByPs(pid);
  // Fields 14 and 15 are the ticks in user and in kernel mode. The name before them may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Reads `[[hours:]minutes:]seconds`, where there is no /proc, such as on macOS. */
async function secondsByPs(pid) {
  const { stdout } = await promisify(execFile)("ps", ["-o", "time=", "-p", pid]).catch(() => ({ stdout: "0" }));
  return stdout.trim().split(":").reduce((seconds, part) => seconds * 60 + Number(part), 0);
}
