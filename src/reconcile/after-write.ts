import type { DeclareRequest } from '../model/declaration.ts';
import { approvalChanges, type Approval } from './approve.ts';
import type { ControlOptions, MadePlan } from './control-options.ts';

/** After a write by this one: a wish of a program by name is its own approval, and the loop looks at once. */
export type AfterWrite = (wishes: readonly WrittenWish[], by: string) => Promise<void>;

/** Whose document was written, and whether it is one any more. */
interface WrittenWish {
  readonly service: string;
  readonly change: Pick<DeclareRequest['change'], 'kind'>;
}

export interface AfterWriteOptions
  extends Pick<ControlOptions, 'mode' | 'wake'>, Omit<Approval, 'by'> {
  readonly planWritten: (names: readonly string[]) => Promise<MadePlan>;
}

export function createAfterWrite(options: AfterWriteOptions): AfterWrite {
  const { mode, planWritten, store, wake } = options;
  return async (wishes, by) => {
    const staying = wishes.filter(({ change }) => change.kind !== 'delete');
    if (mode === 'approve' && staying.length > 0) {
      const { document, world } = await planWritten(toNames(staying));
      store.commit(approvalChanges(document, world.desired, { ...options, by }));
    }
    wake({ names: toNames(wishes), documents: true });
  };
}

function toNames(wishes: readonly WrittenWish[]): readonly string[] {
  return wishes.map(({ service }) => service);
}
