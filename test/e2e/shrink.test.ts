import { afterAll, beforeAll, expect, test } from 'vitest';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, tiny } from '../helpers/manager.ts';

// Tests follow on one another here: a fleet that shrinks.
const NAMES = Array.from({ length: 14 }, (_item, index) => `service-${index + 1}`);
const LEFT = NAMES.slice(7);

const place = createWorkplace(afterAll);
let manager: ManagerProcess;

beforeAll(async () => {
  declare(NAMES);
  manager = await place.run();
  await manager.until(Object.fromEntries(NAMES.map((name) => [name, 'Running'])), 60_000);
});

test('half of the fleet that disappears at once stays, and it is said how to let it go', async () => {
  declare(LEFT);
  await manager.until({ 'service-1': 'Blocked', 'service-7': 'Blocked', 'service-8': 'Running' });
  const { stdout } = await place.cli('get', 'service-1');
  expect(stdout).toContain('7 of 14 services would go within 10 minutes, at most 5 may');
  expect(stdout).toContain('mcp-manager apply --allow-removals 7');
  expect(stdout).toContain('mcp-manager remove NAME');
  expect((await place.cli('plan')).stdout).toContain('removal blocked');
  expect((await place.cli('apply', '--auto-approve')).code).toBe(1);
  expect(await shownNames()).toEqual(NAMES.toSorted());
});

test('a blocked service is healed, and comes back after its manager was killed', async () => {
  const { url = '' } = (await manager.control.status()).services[0] ?? {};
  const before = await askTool(url, 'pid');
  process.kill(Number(before), 'SIGKILL');
  await eventually(async () => expect(await askTool(url, 'pid')).not.toBe(before));
  manager.kill('SIGKILL');
  await manager.exited;
  manager = await place.run();
  const blocked = NAMES.slice(0, 7).map((name) => [name, 'Blocked']);
  await manager.until(Object.fromEntries([...blocked, ['service-8', 'Running']]));
  await eventually(async () => expect(await askTool(url, 'pid')).not.toBe(''));
});

test('a service that is removed by name goes, while the others stay blocked', async () => {
  const { code, stdout } = await place.cli('remove', 'service-14', '--yes');
  expect(stdout).toMatch(/service-14 is removed \(was in desired\/fleet\.yaml:\d+\)/);
  expect(code).toBe(0);
  await eventually(async () => expect(await shownNames()).not.toContain('service-14'));
  await manager.until({ 'service-2': 'Blocked', 'service-8': 'Running' });
});

test('a blocked service can be removed by its name too', async () => {
  const removed = await place.cli('remove', 'service-1', '--yes');
  expect(removed).toMatchObject({
    code: 0,
    stdout: 'service-1 is removed (no document named it).\n',
  });
  await eventually(async () => expect(await shownNames()).not.toContain('service-1'));
});

test('nobody who cannot be asked removes anything without --yes', async () => {
  const { code, stderr } = await place.cli('remove', 'service-8');
  expect(code).toBe(1);
  expect(stderr).toContain('add --yes');
  await manager.until({ 'service-8': 'Running' });
});

test('an allowance for the number that would go lets them go, and the rest stays', async () => {
  const few = await place.cli('apply', '--allow-removals', '5');
  expect(few).toMatchObject({ code: 1, stdout: expect.stringContaining('Apply is blocked') });
  const enough = await place.cli('apply', '--allow-removals', '6');
  expect(enough).toMatchObject({ code: 0, stdout: expect.stringContaining('Apply complete') });
  expect(await shownNames()).toEqual(LEFT.slice(0, -1).toSorted());
  await manager.until(Object.fromEntries(LEFT.slice(0, -1).map((name) => [name, 'Running'])));
});

test('an emptied set removes nothing', async () => {
  place.write('fleet.yaml', 'apiVersion: mcp-manager/v1\nservices: {}\n');
  await manager.until({ 'service-8': 'Blocked', 'service-13': 'Blocked' });
  expect((await place.cli('get', 'service-8')).stdout).toContain('name no service at all');
  declare(LEFT.slice(0, -1));
  await manager.until({ 'service-8': 'Running', 'service-13': 'Running' });
});

function declare(names: readonly string[]): void {
  const services = names.map((name) => [name, tiny([], { rollout: { drain: '1s' } })]);
  place.declare('fleet.yaml', Object.fromEntries(services));
}

async function shownNames(): Promise<readonly string[]> {
  const { services } = await manager.control.status();
  return services.map(({ name }) => name).toSorted();
}
