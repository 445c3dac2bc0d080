import { expect, test } from 'vitest';
import { workspaceOf } from '../../src/reconcile/workspace-of.ts';
import { wanted } from '../helpers/services.ts';

const of = (workspaceId: string) => wanted('echo', { platform: { workspaceId } });
const accepted = new Map([['echo', { accepted: of('w1') }]]);

test.each([
  ['the one that its document names now', [of('w2')], accepted, 'w2'],
  ['none where its document names none any more', [wanted('echo')], accepted, undefined],
  ['that of its last document while it goes', [], accepted, 'w1'],
  ['none where nobody knows it', [], new Map(), undefined],
])('the workspace of a service is %s', (_what, services, histories, workspace) => {
  expect(workspaceOf('echo', { desired: { services }, histories })).toBe(workspace);
});
