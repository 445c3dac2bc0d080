import { expect, onTestFinished, test } from 'vitest';
import { createWorkplace, TINY } from '../helpers/manager.ts';

test.each([
  { answer: 'yes', code: 0, says: /Apply complete/, state: 'Running' },
  { answer: 'y', code: 1, says: /Nothing was done/, state: 'Pending' },
])('a person who answers $answer on a terminal is taken at their word', async (expected) => {
  const place = createWorkplace(onTestFinished);
  place.declare('fleet.yaml', { one: { command: ['node', TINY] } });
  const manager = await place.run('--approve');
  const atTerminal = `echo ${expected.answer} | script --quiet --return --command "$*" /dev/null`;
  const apply = place.startIn(['sh', '-c', atTerminal, 'sh'], 'apply');
  const { code } = await apply.exited;
  expect(apply.stdout()).toMatch(/Only 'yes' will be accepted/);
  expect(apply.stdout()).toMatch(expected.says);
  expect(code).toBe(expected.code);
  await manager.until({ one: expected.state });
});
