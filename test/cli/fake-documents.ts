import type { Documents, DocumentSet } from '../../src/ports.ts';

export interface FakeDocuments extends Documents {
  /** File name to text, as it is now. */
  readonly files: Map<string, string>;
}

/** A documents folder in memory; `managerId` undefined is a folder without an id. */
export function createFakeDocuments(
  texts: Readonly<Record<string, string>>,
  { managerId }: { readonly managerId?: string | undefined } = {},
): FakeDocuments {
  const files = new Map(Object.entries(texts));
  let id = managerId;
  return {
    files,
    async read(): Promise<DocumentSet> {
      return {
        ok: true,
        documentsFolder: '/work/desired',
        templatesFolder: '/work/templates',
        documents: [...files].map(([file, text]) => ({ file, text })),
        templates: [],
        ...(id !== undefined && { managerId: id }),
      };
    },
    watch() {},
    async write(file, expected, text) {
      if (files.get(file) !== expected) throw new Error(`${file} is not as expected`);
      if (text === undefined) files.delete(file);
      else files.set(file, text);
    },
    async writeTemplate() {},
    async ensureManagerId(wanted) {
      id ??= wanted;
      return id;
    },
  };
}
