import { expect, test } from 'vitest';
import type { DeclareRequest } from '../../src/model/declaration.ts';
import { fleet } from '../desired/load-texts.ts';
import { codeOf, open } from './declared-texts.ts';

const OURS = { image: 'x', platform: { workspaceId: 'w1' } };

test.each<[string, Partial<DeclareRequest>, string]>([
  ['put into it by name', { change: { kind: 'put', fields: OURS } }, 'done'],
  ['put, of no workspace', { change: { kind: 'put', fields: { image: 'x' } } }, 'done'],
  [
    'put into another one',
    { change: { kind: 'put', fields: { image: 'x', platform: { workspaceId: 'w2' } } } },
    'FORBIDDEN',
  ],
  [
    'moved out of it',
    { change: { kind: 'merge', fields: { platform: { workspaceId: 'w2' } } } },
    'FORBIDDEN',
  ],
  [
    'taken out of every one',
    { change: { kind: 'merge', fields: { platform: null } } },
    'FORBIDDEN',
  ],
  ['changed within it', { change: { kind: 'merge', fields: { port: 1 } } }, 'done'],
  ['let go', { change: { kind: 'delete' } }, 'done'],
])('who is for one workspace meets a service of it that is %s', async (_how, wish, code) => {
  const { control, declare } = open();
  await declare({ workspace: 'w1' });
  expect(await control.declared('echo')).toMatchObject({ fields: OURS });
  expect(await codeOf(declare({ workspace: 'w1', ...wish }))).toBe(code);
});

test.each(['api/echo.yaml', 'echo.yaml', 'core/echo.yaml'])(
  'a service of another workspace in %s does not exist for who is for one',
  async (file) => {
    const text = fleet('  echo: {image: x, platform: {workspaceId: w2}}\n');
    for (const change of [
      { kind: 'put', fields: OURS },
      { kind: 'delete' },
      { kind: 'merge', fields: {} },
    ] as const) {
      const { declare, files } = open({ [file]: text });
      const wish = { workspace: 'w1', change, dryRun: true };
      expect(await codeOf(declare(wish))).toBe('SERVICE_UNKNOWN');
      expect(files.get(file)).toBe(text);
    }
  },
);
