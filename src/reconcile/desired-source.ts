import type { Desired, DesiredService } from '../model/service.ts';
import { keptVersions } from '../plan/kept-version.ts';
import type { Documents, DocumentSet, Store } from '../ports.ts';
import { workspaceOf, type WorkspaceOf } from './workspace-of.ts';

const NOTHING: Desired = {
  services: [],
  frozen: [],
  problems: [],
  complete: false,
  incompleteCause: 'the documents were not read yet',
};

export interface DesiredSourceOptions {
  readonly documents: Documents;
  readonly store: Store;
  /** Text to desired set; keeps last good versions, and unchanged services as the same objects. */
  readonly load: (set: DocumentSet, accepted: ReadonlyMap<string, DesiredService>) => Desired;
}

export interface DesiredSource {
  /** What the documents said when they were read last. */
  current(): Desired;
  /** Whether they could be read at least once. */
  wasRead(): boolean;
  readonly workspaceOf: WorkspaceOf;
  /**
   * Reads the documents again, and answers what was read. Never throws for what is wrong with them: that is
   * in `current()`.
   */
  refresh(signal: AbortSignal): Promise<DocumentSet>;
}

export function createDesiredSource({
  documents,
  store,
  load,
}: DesiredSourceOptions): DesiredSource {
  let current = NOTHING;
  let wasRead = false;
  return {
    current: () => current,
    wasRead: () => wasRead,
    workspaceOf: (service) =>
      workspaceOf(service, { desired: current, histories: store.histories() }),
    async refresh(signal) {
      const set = await documents.read(signal);
      wasRead ||= set.ok;
      current = load(set, keptVersions(store.histories()));
      return set;
    },
  };
}
