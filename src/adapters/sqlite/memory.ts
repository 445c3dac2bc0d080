import type { CoreMemory } from '../../model/core.ts';
import type { ServiceHistory } from '../../model/history.ts';
import type { Request } from '../../model/request.ts';
import type { Database } from './database.ts';
import { readHistory } from './former-history.ts';

/** What a pass reads, so that no pass reads the disk. In step with the last committed transaction. */
export interface Memory {
  readonly histories: Map<string, ServiceHistory>;
  readonly requests: Map<string, Request>;
  readonly core: Map<string, CoreMemory>;
  /** Services that were removed by disappearance. */
  removals: readonly Removal[];
}

interface Removal {
  readonly service: string;
  readonly atMs: number;
}

/** Reads the whole memory from an opened database. */
export function loadMemory({ connection }: Database): Memory {
  const histories = connection
    .prepare('SELECT service, history FROM histories ORDER BY rowid')
    .all();
  const requests = connection.prepare('SELECT id, request FROM requests ORDER BY rowid').all();
  const core = connection.prepare('SELECT instance_id, memory FROM core ORDER BY rowid').all();
  const removals = connection.prepare('SELECT service, at_ms FROM removals ORDER BY rowid').all();
  return {
    histories: new Map(
      histories.map((row) => [String(row['service']), readHistory(String(row['history']))]),
    ),
    requests: new Map(
      requests.map((row) => [String(row['id']), JSON.parse(String(row['request']))]),
    ),
    core: new Map(
      core.map((row) => [String(row['instance_id']), JSON.parse(String(row['memory']))]),
    ),
    removals: removals.map((row) => ({
      service: String(row['service']),
      atMs: Number(row['at_ms']),
    })),
  };
}

/** A draft to change while the transaction is open. What was handed out before never changes. */
export function copyMemory({ histories, requests, core, removals }: Memory): Memory {
  return {
    histories: new Map(histories),
    requests: new Map(requests),
    core: new Map(core),
    removals,
  };
}
