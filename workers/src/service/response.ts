/** Creates a JSON response. BigInt values (int8) become strings, as other drivers return them. */
export function json(body: object, status = 200, headers: Record<string, string> = {}): Response {
  const text = JSON.stringify(body, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  return new Response(text, {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  });
}

/** Creates an error response. `error` is a public sentence. */
export function errorResponse(error: string, status: number, headers: Record<string, string> = {}): Response {
  return json({ success: false, error }, status, headers);
}
