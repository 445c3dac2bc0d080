import type { NewEvent } from '../model/event.ts';
import type { ServiceHistory } from '../model/history.ts';
import type { Desired } from '../model/service.ts';

/** Undefined: the service is of none, or nobody knows it. */
export type WorkspaceOf = (service: string) => string | undefined;

export interface KnownServices {
  readonly desired: Pick<Desired, 'services'>;
  readonly histories: ReadonlyMap<string, ServiceHistory>;
}

/** As the documents say now; of what they do not declare any more, as it was accepted last. */
export function workspaceOf(
  service: string,
  { desired, histories }: KnownServices,
): string | undefined {
  const wanted = desired.services.find(({ name }) => name === service);
  const { platform } = wanted ?? histories.get(service)?.accepted ?? {};
  return platform?.workspaceId;
}

/** With the workspace that its service is of now, unless it says one. */
export function withWorkspace(event: NewEvent, find: WorkspaceOf): NewEvent {
  const { subject } = event;
  const workspace = event.workspace ?? (subject === undefined ? undefined : find(subject));
  return workspace === undefined ? event : { ...event, workspace };
}
