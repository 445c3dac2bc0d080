import type { Commit } from './service.ts';

/** One file as read: its text, or why it could not be read. `file` is relative to the folder. */
export type SourceFile =
  | { readonly file: string; readonly text: string }
  | { readonly file: string; readonly error: string };

/** The documents and templates at one moment, or why they cannot be seen (never "empty"). */
export type DocumentSet =
  | {
      readonly ok: true;
      /** Absolute folder, for resolving relative commands. */
      readonly documentsFolder: string;
      readonly templatesFolder: string;
      readonly documents: readonly SourceFile[];
      readonly templates: readonly SourceFile[];
      /** The file of approved tools, where there is one. */
      readonly toolLock?: SourceFile;
      readonly managerId?: string;
      readonly commit?: Commit;
    }
  | { readonly ok: false; readonly cause: string };
