import type { PlanDocument } from '../../src/model/plan-document.ts';
import { somePlan } from '../http/fake-control.ts';

/** A plan that would create one service. */
export function createPlan(): PlanDocument {
  return somePlan({
    changes: [
      {
        service: 'echo',
        change: {
          actions: ['create'],
          before: null,
          after: { revision: 'v1-abc', power: 'on', spec: { port: 8000 } },
          replacePaths: [],
        },
        actionReason: 'create_because_new',
        cause: 'it is new',
        steps: [{ kind: 'create', target: 'mcp-echo-1', cause: 'it is new' }],
      },
    ],
    summary: { ...somePlan().summary, create: 1 },
  });
}
