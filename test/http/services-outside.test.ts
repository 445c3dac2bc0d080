import { describe, expect, test } from 'vitest';
import { serveGuarded } from './guarded-app.ts';

const SERVICE = '10.89.0.5';

function serveOff() {
  return serveGuarded({
    isOff: true,
    guard: { isOfService: async (address) => address === SERVICE },
  });
}

describe('where no token is asked for, a service', () => {
  test('that comes through a router on this machine is refused, whatever it says of itself', async () => {
    const { ask, audited } = await serveOff();
    const statusBehind = async (forwarded: string): Promise<number> =>
      (await ask('/v1/services', undefined, { headers: { 'x-forwarded-for': forwarded } })).status;
    expect(await statusBehind(SERVICE)).toBe(403);
    expect(await statusBehind(`192.0.2.1, ${SERVICE}`)).toBe(403);
    expect(await statusBehind(`${SERVICE}, 192.0.2.1`)).toBe(403);
    expect(await statusBehind(`::ffff:${SERVICE}`)).toBe(403);
    expect(await statusBehind('192.0.2.1')).toBe(200);
    expect(audited.map(({ result, status }) => [result, status])).toEqual(
      Array.from({ length: 4 }, () => ['refused', 403]),
    );
  });

  test('may still see that the manager is alive', async () => {
    const { ask } = await serveOff();
    const answer = await ask('/health', undefined, { headers: { 'x-forwarded-for': SERVICE } });
    expect(answer.status).toBe(200);
  });
});

test('requests are counted by client, also behind a router on this machine', async () => {
  const { ask } = await serveGuarded({ isOff: true, guard: { mostRequests: 2 } });
  const statusFor = async (client: string): Promise<number> =>
    (await ask('/health', undefined, { headers: { 'x-forwarded-for': client } })).status;
  expect(await statusFor('192.0.2.1')).toBe(200);
  expect(await statusFor('192.0.2.1')).toBe(200);
  expect(await statusFor('192.0.2.1')).toBe(429);
  expect(await statusFor('192.0.2.2')).toBe(200);
});
