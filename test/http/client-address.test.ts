import { expect, test } from 'vitest';
import { clientOf } from '../../src/http/client-address.ts';

function ask(remoteAddress: string | undefined, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return clientOf({ socket: { remoteAddress }, headers });
}

test.each([
  ['a router of this machine', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['one that was told lies before it', '::1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['one that says no address', '127.0.0.1', 'nobody', '127.0.0.1'],
  ['somebody elsewhere', '203.0.113.9', '127.0.0.1', '203.0.113.9'],
  ['a socket that takes both kinds', '::ffff:203.0.113.9', undefined, '203.0.113.9'],
])('by %s the client is the one that was seen last', (_who, peer, forwarded, client) => {
  expect(ask(peer, forwarded)).toBe(client);
});
