import type { Database } from './database.ts';

/** Single values by name. `set` belongs inside a transaction. */
export interface Facts {
  get(name: 'producer' | 'delivered'): string | undefined;
  set(name: 'producer' | 'delivered', value: string): void;
}

/** The facts of an opened database. */
export function createFacts({ connection }: Database): Facts {
  const select = connection.prepare('SELECT value FROM facts WHERE name = ?');
  const replace = connection.prepare('INSERT OR REPLACE INTO facts VALUES (?, ?)');
  return {
    get(name) {
      const value = select.get(name)?.['value'];
      return value === undefined ? undefined : String(value);
    },
    set: (name, value) => void replace.run(name, value),
  };
}
