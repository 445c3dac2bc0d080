import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { eventually } from '../../helpers/eventually.ts';
import { startTraefik } from '../../helpers/traefik.ts';

const traefik = await startTraefik(afterAll);

test('the static configuration listens on loopback only and tells nobody of itself', async () => {
  const { entryPoints, global } = parse(await readFile('traefik/traefik.yml', 'utf8'));

  expect(entryPoints).toEqual({
    web: { address: '127.0.0.1:7999' },
    traefik: { address: '127.0.0.1:8080' },
  });
  expect(global).toEqual({ checkNewVersion: false, sendAnonymousUsage: false });
});

test('Traefik loads it with the base file, serves its API there and no dashboard', async () => {
  const base = `${traefik.apiUrl}/api/http/middlewares/mcp-stripprefix@file`;

  await eventually(async () => expect((await fetch(base)).status).toBe(200));
  for (const url of [traefik.apiUrl, traefik.entryUrl]) {
    expect((await fetch(`${url}/dashboard/`)).status).toBe(404);
  }
  expect((await fetch(`${traefik.entryUrl}/api/rawdata`)).status).toBe(404);
  expect(traefik.log()).not.toMatch(/level=(error|warning)|\bERR\b/);
});
