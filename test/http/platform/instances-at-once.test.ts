import { expect, test } from 'vitest';
import { serveMemoryManager } from '../../helpers/memory-manager.ts';

test('of eight calls at once for one instance, each by another name, one is done and seven find it there', async () => {
  const { url, files } = await serveMemoryManager();
  const create = async (number: number) => {
    const name = `echo ${number}`;
    const instance = { instance_id: 'i1', workspace_id: 'w1', name, service_name: name };
    const answer = await fetch(`${url}/instances`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...instance, image: 'mcp/echo:latest' }),
    });
    return { status: answer.status, body: await answer.json() };
  };

  const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => create(at)));

  const done = answers.filter(({ status }) => status === 201);
  const others = answers.filter((answer) => !done.includes(answer));
  expect(done).toHaveLength(1);
  const body = {
    error: 'instance_creation_failed',
    code: 409,
    message: 'instance i1 already exists',
  };
  expect(others).toEqual(Array.from({ length: 7 }, () => ({ status: 409, body })));
  expect(Object.keys(await files())).toHaveLength(1);
});
