import { expect, test } from 'vitest';
import { connectClient } from '../fixtures/mcp/client.ts';
import { startSample } from '../fixtures/mcp/program.ts';

test.each(['modern', 'legacy'] as const)(
  'a %s client stores, gets and lists texts',
  async (era) => {
    const { url } = await startSample('simple-mcp');
    const client = await connectClient(url, era);
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name).toSorted();
    expect(names).toEqual(['get_text', 'list_texts', 'store_text']);
    const call = async (name: string, args: Record<string, string>): Promise<string> => {
      const { content } = await client.callTool({ name, arguments: args });
      return content[0]?.type === 'text' ? content[0].text : '';
    };
    expect(JSON.parse(await call('store_text', { text: 'hello', key: 'a' }))).toEqual({
      success: true,
      key: 'a',
    });
    expect(JSON.parse(await call('get_text', { key: 'a' }))).toEqual({ key: 'a', text: 'hello' });
    expect(JSON.parse(await call('list_texts', {}))).toEqual({ keys: ['a'], count: 1 });
    expect(await call('get_text', { key: 'b' })).toBe('no text under the key b');
  },
);

test('the methods of its own answer over plain JSON-RPC', async () => {
  const { url } = await startSample('simple-mcp');
  const call = async (message: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(message);
    return (await fetch(`${url}/mcp`, { method: 'POST', headers, body })).json();
  };
  const rpc = (method: string, params?: object): Promise<unknown> =>
    call({ jsonrpc: '2.0', id: 7, method, params });

  expect(await rpc('store_text', { text: 'x', key: 'k' })).toEqual(ok({ success: true, key: 'k' }));
  expect(await rpc('store_text', { text: 'y' })).toEqual(ok({ success: true, key: 'text-1' }));
  expect(await rpc('get_text', { key: 'k' })).toEqual(ok({ key: 'k', text: 'x' }));
  expect(await rpc('list_texts')).toEqual(ok({ keys: ['k', 'text-1'], count: 2 }));
  expect(await rpc('get_text', { key: 'none' })).toEqual(error(-32_602));
  expect(await rpc('store_text', {})).toEqual(error(-32_602));
  expect(await rpc('store_text', { text: 'x'.repeat(2 ** 17) })).toEqual(error(-32_602));
  expect(await rpc('drop_text')).toEqual(error(-32_601));
  expect(await rpc('toString')).toEqual(error(-32_601));
  expect(await call({ hello: 'world' })).toEqual(error(-32_600, null));
});

test('the plain endpoints answer as the platform knows them', async () => {
  const { url } = await startSample('simple-mcp', { MCP_SERVICE_NAME: 'texts' });
  const server_id = expect.stringMatching(/^[0-9a-f-]{36}$/);
  const get = async (path: string): Promise<unknown> => (await fetch(url + path)).json();
  const stored = await fetch(`${url}/test/store?text=hello%20you&key=a`, { method: 'POST' });
  expect(await stored.json()).toEqual({ success: true, key: 'a', server_id });
  expect(await get('/test/get/a')).toEqual({ key: 'a', text: 'hello you', server_id });
  expect(await get('/test/list')).toEqual({ keys: ['a'], count: 1, server_id });
  expect(await get('/health')).toMatchObject({
    status: 'healthy',
    service: 'texts',
    server_id,
    data_count: 1,
  });
  expect(await get('/info')).toMatchObject({ service_name: 'texts', server_id, data_count: 1 });
  expect((await fetch(`${url}/test/get/none`)).status).toBe(404);
  expect((await fetch(`${url}/test/store`)).status).toBe(422);
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
});

test('two of them share nothing', async () => {
  const [one, two] = await Promise.all([startSample('simple-mcp'), startSample('simple-mcp')]);
  await fetch(`${one.url}/test/store?text=hello&key=a`);
  expect((await fetch(`${one.url}/test/get/a`)).status).toBe(200);
  expect((await fetch(`${two.url}/test/get/a`)).status).toBe(404);
});

function ok(result: object): object {
  return { jsonrpc: '2.0', id: 7, result };
}

function error(code: number, id: number | null = 7): object {
  return { jsonrpc: '2.0', id, error: { code, message: expect.any(String) } };
}
