import { describe, expect, test } from 'vitest';
import { withTools } from '../../src/adapters/memory/prober.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { ruleFor, surfaceDigest, type ToolLock } from '../../src/model/tool-lock.ts';
import { verifySettings } from '../../src/model/verification.ts';
import { recordCheck, recordVerdict } from '../../src/plan/outcome.ts';
import { plan } from '../../src/plan/plan.ts';
import { checkOf, type InputOverrides, inputOf, settled } from '../helpers/plan-input.ts';
import { history } from '../helpers/plan-table.ts';
import { found, good, wanted } from '../helpers/services.ts';

const listed = withTools([{ name: 'send', inputSchema: {} }]);
const approved = withTools([{ name: 'say', inputSchema: {} }]).surface ?? {};
const toolLock: ToolLock = {
  services: new Map([['echo', { tools: approved, digest: surfaceDigest(approved) }]]),
};
const { verify } = wanted('echo');
const kept: DesiredService = wanted('echo', { verify: { ...verify, lock: 'enforce' } });
const told = wanted('echo');
const one = found(kept);
const DIFFERS = 'its tools are not the approved ones: added send; removed say';

/** `service` runs and was checked against the lock. */
function checked(service: DesiredService, result: object = { result: listed }): InputOverrides {
  const settings = verifySettings(service.verify, '/mcp', ruleFor(service, toolLock));
  return { services: [service], ...settled(one), checked: [checkOf(one, { ...result, settings })] };
}

function statusOf(given: InputOverrides) {
  const input = inputOf(given);
  const locked = { ...input, desired: { ...input.desired, toolLock } };
  return plan(locked).services[0]?.status;
}

const failing = { result: { outcome: 'failed', message: 'late' }, strikes: 1, verifiedAtMs: 1 };
const passed = history({ releases: [good(kept)] });

describe('A release with tools that nobody approved', () => {
  test('does not pass where the lock is to be kept, nor while a check of it fails', () => {
    const cause = `not verified yet: ${DIFFERS}; \`mcp-manager lock echo\` approves them`;
    expect(statusOf(checked(kept))).toMatchObject({ state: 'Starting', cause });
    expect(statusOf(checked(kept, failing))).toMatchObject({ state: 'Starting' });
  });

  test('goes on where it passed before, and ails', () => {
    const cause = `${DIFFERS}; \`mcp-manager lock echo\` approves them`;
    const { conditions, ...status } = statusOf({ ...checked(kept), ...passed }) ?? {};
    expect(status).toMatchObject({
      state: 'Degraded',
      cause,
      unapprovedTools: { added: ['send'], removed: ['say'], changed: [] },
    });
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: 'Available', status: 'True' }),
    );
  });

  test('runs well where the lock only warns', () => {
    expect(statusOf(checked(told))).toMatchObject({
      state: 'Running',
      cause: expect.stringContaining(DIFFERS),
    });
  });

  test('does not become the good one, and what it offers is kept for whoever approves it', () => {
    const toolRule = ruleFor(kept, toolLock);
    const check = checkOf(one, { result: listed });
    const before = { releases: [good(kept, { release: 'r1-before', tools: approved })] };
    const target = { revision: one.revision, release: one.release };
    const refused = recordCheck(before, check, { ...target, ...(toolRule && { toolRule }) });
    const { surface: tools } = listed;
    expect(refused).toEqual({ ...before, verification: check, refusedTools: { ...target, tools } });
    const release = good(kept, { ...(tools && { tools }) });
    const later = recordVerdict(refused, { kind: 'good', release });
    expect(later).toMatchObject({
      releases: [{ release: one.release, tools }, { release: 'r1-before' }],
      toolsChange: { release: one.release, before: 'r1-before', added: ['send'], removed: ['say'] },
    });
    expect(later).not.toHaveProperty('refusedTools');
  });
});
