import { removeService } from '../desired/edit.ts';
import { AppError } from '../errors.ts';
import type { Control } from '../control.ts';
import type { CliContext } from './context.ts';
import { editDocument, type Edit } from './edit-document.ts';

export interface TakenOut {
  /** Absent where no document named the service any more. */
  readonly file?: string;
  readonly line?: number;
}

/**
 * Takes a service out of its document. One that the manager knows may have none left: letting it go may
 * wait for nothing but its name.
 */
export async function takeOut(context: CliContext, service: string): Promise<TakenOut> {
  const edit: Edit = (text, path) => removeService(text, service, path);
  try {
    const { file, line } = await editDocument(context, service, edit);
    return { file, line };
  } catch (error) {
    if (error instanceof AppError && error.code === 'SERVICE_UNKNOWN') return {};
    throw error;
  }
}

/** The same by the manager elsewhere, which owns the document; `check` throws where it would not. */
export function takeOutThere({ by }: CliContext, { declared, declare }: Control, service: string) {
  const request = { service, origin: 'api', by, change: { kind: 'delete' } } as const;
  return {
    async check(): Promise<void> {
      await declare({ ...request, dryRun: true });
    },
    async take(): Promise<TakenOut> {
      const { place } = await declared(service);
      await declare(request);
      return { file: place.file, line: place.line };
    },
  };
}
