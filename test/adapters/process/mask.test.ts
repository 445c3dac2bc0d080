import { expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { createStep, wanted } from '../../helpers/services.ts';
import { openProcessBench, signal } from './bench.ts';

const service = wanted('leaky', {
  runtime: 'process',
  directory: '/',
  spec: {
    command: [
      'node',
      '-e',
      'console.log(`my key is ${process.env.API_KEY}, level ${process.env.LEVEL}`)',
    ],
    env: { API_KEY: { secret: '/mcp/leaky#API_KEY' }, LEVEL: 'debug' },
  },
});

test('a program that prints its own secret does not bring it into the logs', async () => {
  const { runtime } = await openProcessBench();
  const create = createStep(service);
  await runtime.perform(create, new Map([['/mcp/leaky#API_KEY', 'hunter2-long']]), signal);
  await runtime.perform({ kind: 'start', target: create.target }, new Map(), signal);
  const lines = await eventually(async () => {
    const texts: string[] = [];
    for await (const { text } of runtime.logs(create.target.name, { follow: false }, signal))
      texts.push(text);
    expect(texts).not.toEqual([]);
    return texts;
  });
  expect(lines).toEqual(['my key is (secret), level debug']);
});
