import type { Action, ChangeDocument } from '../model/plan-document.ts';

/** What comes after a service's name in its headline. Unknown reasons are told by their actions. */
export function headlineOf({ change, actionReason }: ChangeDocument): string {
  const known: Readonly<Record<string, string>> = HEADLINES;
  const byReason = Object.hasOwn(known, actionReason) ? known[actionReason] : undefined;
  return byReason ?? headlineByActions(change.actions);
}

const HEADLINES = {
  create_because_new: 'will be created',
  create_because_missing: 'is missing and will be created again',
  create_because_power_on: 'will be created, as its power is on',
  replace_because_spec_changed: 'must be replaced',
  replace_because_secret_changed: 'must be replaced, as a secret changed',
  replace_because_drifted: 'has drifted and must be replaced',
  replace_because_image_moved: 'must be replaced, as its image moved',
  pull_by_request: 'will be looked at for a newer image, as requested',
  pull_because_always: 'will be looked at for a newer image',
  replace_by_request: 'will be replaced, as requested',
  update_because_route_changed: 'will be updated in place',
  update_because_drifted: 'has drifted and will be updated in place',
  start_because_stopped: 'will be started',
  restart_because_crashed: 'has crashed and will be restarted',
  restart_because_unresponsive: 'does not respond and will be restarted',
  restart_by_request: 'will be restarted, as requested',
  stop_because_power_off: 'will be stopped',
  remove_because_not_desired: 'will be removed',
  remove_by_request: 'will be removed, as requested',
  remove_leftover: 'has leftovers, which will be removed',
  forget_by_request: 'will be forgotten, but keeps running',
  import_by_document: 'will be imported',
} as const;

function headlineByActions(actions: readonly Action[]): string {
  if (actions.includes('create'))
    return actions.length > 1 ? 'must be replaced' : 'will be created';
  if (actions.includes('import')) return HEADLINES.import_by_document;
  if (actions.includes('forget')) return HEADLINES.forget_by_request;
  if (actions.includes('update')) return 'will be updated in place';
  return 'will be removed';
}
