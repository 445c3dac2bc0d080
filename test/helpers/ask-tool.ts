/** Calls a tool by one plain request, as a client without sessions does; answers its text. Rejects unless it answers. */
export async function askTool(url: string, name = 'say', input: object = {}): Promise<string> {
  const params = { name, arguments: input };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    signal: AbortSignal.timeout(10_000),
  });
  const body = await response.text();
  const answer = /"text":("(?:[^"\\]|\\.)*")/.exec(body)?.[1];
  if (answer === undefined) throw new Error(`${url} answered ${response.status}: ${body}`);
  const said: unknown = JSON.parse(answer);
  return String(said);
}
