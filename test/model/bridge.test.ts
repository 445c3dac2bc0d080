import { expect, test } from 'vitest';
import { bridgeFlags } from '../../src/model/bridge.ts';
import { parseOptions } from '../../src/programs/bridge/options.ts';
import { wanted } from '../helpers/services.ts';

const PLACE = { instance: 'mcp-a-1', port: 8000 };

test('the bridge understands what it is told of a service', () => {
  const stdio = { isolation: 'shared', maxChildren: 8, prewarm: 1, sse: true } as const;
  const service = wanted('a', { spec: { transport: 'stdio', path: '/at', stdio } });
  const flags = bridgeFlags(service, PLACE);
  expect(parseOptions([...flags, '--', 'x'], {}, 1)).toMatchObject({
    ...stdio,
    ...PLACE,
    path: '/at',
    command: ['x'],
  });
});

test('what is not said is left to the bridge', () => {
  const flags = bridgeFlags(wanted('a', { spec: { transport: 'stdio' } }), PLACE);
  const names = flags.filter((word) => word.startsWith('--'));
  expect(names).toEqual(['--port', '--path', '--instance', '--drain-seconds', '--stop-seconds']);
});
