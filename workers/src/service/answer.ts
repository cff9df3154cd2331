/** A JSON answer. int8 values that a driver reads as BigInt become text, as the other drivers give them. */
export function json(body: object, status = 200, headers: Record<string, string> = {}): Response {
  const text = JSON.stringify(body, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  return new Response(text, {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  });
}

/** An answer to something that did not work. `error` is a sentence that anyone may read. */
export function refusal(error: string, status: number, headers: Record<string, string> = {}): Response {
  return json({ success: false, error }, status, headers);
}
