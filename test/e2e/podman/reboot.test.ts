import { expect, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { contained, createFleet } from '../../helpers/fleet.ts';
import { rebootEngine } from '../../helpers/reboot-engine.ts';

test('after a reboot of the machine everything comes back with no hand, with its volumes and under its URLs', async () => {
  const fleet = await createFleet();
  const kept = { volumes: [{ name: 'kept', destination: '/kept' }] };
  fleet.declare('fleet.yaml', { one: contained('tiny', [], kept), two: contained() });
  const manager = await fleet.run();
  await manager.until({ one: 'Running', two: 'Running' }, 60_000);
  const before = await manager.control.status();
  const names = await fleet.containers('running');
  const [one = ''] = names;
  const write = "require('fs').writeFileSync('/kept/note', 'still here')";
  await fleet.engine.podman('exec', one, 'node', '-e', write);
  manager.kill('SIGKILL');
  await manager.exited;
  await rebootEngine(fleet.engine);
  expect(await fleet.containers('running')).toEqual([]);

  const next = await fleet.run();
  await next.until({ one: 'Running', two: 'Running' }, 60_000);
  const after = await next.control.status();
  expect(after.services.map(({ url }) => url)).toEqual(before.services.map(({ url }) => url));
  expect(await askTool(after.services[0]?.url ?? '')).toBe('hello');
  const read = "console.log(require('fs').readFileSync('/kept/note', 'utf8'))";
  const [again = ''] = await fleet.containers('running');
  expect(await fleet.engine.podman('exec', again, 'node', '-e', read)).toBe('still here');
  expect(await fleet.containers('running')).toHaveLength(2);
});
