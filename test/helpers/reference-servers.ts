import { expect } from 'vitest';
import type { ManagerProcess } from './manager.ts';
import { callTool, connectClient, type Era } from './sdk-client.ts';

/** Templates of servers that show what the protocol can; a service of each has its name. */
export type ReferenceServer = 'everything' | 'filesystem' | 'memory' | 'sequential-thinking';

/** Which clients each can serve: the bridge before a server of standard input and output speaks both. */
export const USES: readonly Pick<Use, 'name' | 'era'>[] = [
  // Over HTTP it speaks as it does by itself.
  { name: 'everything', era: 'legacy' },
  ...(['filesystem', 'memory', 'sequential-thinking'] as const).flatMap((name) =>
    (['modern', 'legacy'] as const).map((era) => ({ name, era })),
  ),
];

export interface Use {
  readonly name: ReferenceServer;
  readonly era: Era;
  /** The folder that `filesystem` shows. */
  readonly root: string;
}

/** Does with a running service what it is for, through the router. */
export async function useReferenceServer(
  { control }: ManagerProcess,
  { name, era, root }: Use,
): Promise<void> {
  const { services } = await control.status();
  const { url = '' } = services.find((service) => service.name === name) ?? {};
  const client = await connectClient(url, era);
  const call = (tool: string, input: object): Promise<string> =>
    callTool(client, tool, { ...input });
  switch (name) {
    case 'everything':
      expect(await call('get-sum', { a: 20, b: 22 })).toContain('42');
      return;
    case 'filesystem': {
      const path = `${root}/${era}.txt`;
      await call('write_file', { path, content: 'kept' });
      expect(await call('read_text_file', { path })).toBe('kept');
      return;
    }
    case 'memory': {
      const entities = [{ name: era, entityType: 'era', observations: ['was here'] }];
      await call('create_entities', { entities });
      // Another client, perhaps of another process, knows it too.
      const other = await connectClient(url, era);
      expect(await callTool(other, 'read_graph')).toContain(`"name": "${era}"`);
      return;
    }
    case 'sequential-thinking': {
      const thought = {
        thought: 'so',
        thoughtNumber: 1,
        totalThoughts: 1,
        nextThoughtNeeded: false,
      };
      expect(await call('sequentialthinking', thought)).toContain('"thoughtNumber": 1');
      return;
    }
    default:
      return name satisfies never;
  }
}
