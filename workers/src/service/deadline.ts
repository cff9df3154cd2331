/** The Worker did not finish in time. */
export class DeadlineExceeded extends Error {
  constructor(seconds: number) {
    super(`no response within ${seconds} s`);
  }
}

/** Runs `work` for at most `seconds`. After this time its signal is aborted, and the result is `DeadlineExceeded`. */
export async function within<Result>(
  seconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const late = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason));
  });
  const timer = setTimeout(() => controller.abort(new DeadlineExceeded(seconds)), seconds * 1000);
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
