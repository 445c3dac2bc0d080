import { isMap } from 'yaml';
import type { Problem } from '../model/problem.ts';
import { edit } from './edit-service.ts';
import { fieldSplices } from './field-splices.ts';
import { toRecord, type UnknownRecord } from '../model/record.ts';
import { powerSplices, removalSplices } from './splice.ts';
import { pairOf } from './yaml-nodes.ts';

/**
 * The document's text with `power` of one service set; every other byte stays. A Problem when that
 * cannot be done exactly (the name stands twice, or the document is broken).
 */
export function setPower(
  text: string,
  service: string,
  power: 'on' | 'off',
  file = 'document',
): string | Problem {
  return edit({ text, service, file }, (services, root) => {
    const map = pairOf(services, service)?.value;
    const before = toRecord(toRecord(root['services'])[service]);
    if (!isMap(map)) return undefined;
    if (before['power'] === power) return { splices: [], after: root };
    const after = withServices(root, { [service]: { ...before, power } });
    return { splices: powerSplices({ text, services, map, service }, power), after };
  });
}

/**
 * The document's text with these fields of one service in place of those it has; lines of fields that say
 * the same stay, and every other byte. A Problem when that cannot be done exactly.
 */
export function setFields(
  text: string,
  service: string,
  fields: UnknownRecord,
  file = 'document',
): string | Problem {
  return edit({ text, service, file }, (services, root) => {
    const pair = pairOf(services, service);
    if (pair === undefined) return undefined;
    const before = toRecord(toRecord(root['services'])[service]);
    const after = withServices(root, { [service]: fields });
    return { splices: fieldSplices({ text, pair }, before, fields), after };
  });
}

/**
 * The document's text without one service; every other byte stays, comments above it too, and
 * `services: {}` is left when it was the last. A Problem when that cannot be done exactly.
 */
export function removeService(text: string, service: string, file = 'document'): string | Problem {
  return edit({ text, service, file }, (services, root, keyEnd) => {
    const { [service]: _removed, ...others } = toRecord(root['services']);
    return {
      splices: removalSplices({ text, keyEnd, services }, service),
      after: { ...root, services: others },
    };
  });
}

function withServices(root: UnknownRecord, services: UnknownRecord): UnknownRecord {
  return { ...root, services: { ...toRecord(root['services']), ...services } };
}
