import { describe, expect, test } from 'vitest';
import {
  apiOf,
  FAILURE,
  openForCore as open,
  send,
  SPEC,
  STATUS,
  wordsOf,
} from '../helpers/core-manager.ts';
import { eventually } from '../helpers/eventually.ts';
import type { ManagerProcess } from '../helpers/manager.ts';

describe('what cannot be made', () => {
  const spec = { ...SPEC, environment: { API_KEY: 'secret_ref:sec:API_KEY' } };
  const secret = 'mcp_instance_sec_API_KEY';

  test('is told to core as failed with the cause, and runs by itself once its secret is there', async () => {
    const { redis, told, place, manager } = await open({ RESYNC_INTERVAL: '1s' });
    await send(redis, 'the bare data', 'created', {
      instance_id: 'sec',
      name: 'Sec',
      json_spec: spec,
    });
    await eventually(() => expect(wordsOf(told, 'sec').at(-1)).toBe('failed'));
    const cause = `secret secret_ref:sec:API_KEY: there is no file ${secret} in the secrets folder`;
    expect(told.filter(({ status }) => status !== 'validating')).toMatchObject([
      { channel: FAILURE, instance_id: 'sec', error: cause },
      { channel: STATUS, instance_id: 'sec', status: 'failed', error: cause },
    ]);
    await eventually(async () =>
      expect(await failuresOf(manager)).toMatchObject([{ state: 'Failed', cause }]),
    );

    place.writeSecret(secret, 'the-value');
    await eventually(() => expect(wordsOf(told, 'sec').at(-1)).toBe('running'));
    expect(wordsOf(told, 'sec').filter((word) => word === 'failed')).toHaveLength(1);
  });

  test.each([
    ['/containers', 'container_creation_failed', { service_name: 'missing', ...spec }],
    [
      '/instances',
      'instance_creation_failed',
      { instance_id: 'i', name: 'n', service_name: 'missing', workspace_id: 'w', ...spec },
    ],
  ])('is answered by %s with the cause at once', async (path, error, body) => {
    const { manager } = await open();
    const response = await fetch(`${apiOf(manager)}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const cause = `secret secret_ref:sec:API_KEY: there is no file ${secret} in the secrets folder`;
    expect([response.status, await response.json()]).toEqual([
      500,
      {
        error,
        code: 500,
        message: `Failed to create container: ${cause} (it stays declared: correct it, or delete it)`,
      },
    ]);
    await eventually(async () =>
      expect(await failuresOf(manager)).toMatchObject([{ state: 'Failed', cause }]),
    );
  });
});

/** What `/v1/events` tells of failures. */
async function failuresOf(manager: ManagerProcess): Promise<readonly unknown[]> {
  const query = 'follow=false&since=2020-01-01T00:00:00Z&type=service.failed';
  const response = await fetch(`${apiOf(manager)}/v1/events?${query}`);
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line).data);
}
