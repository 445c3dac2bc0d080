import { removeService } from '../desired/edit.ts';
import { AppError } from '../errors.ts';
import type { Command, Control } from '../control.ts';
import type { CliContext } from './context.ts';
import { editDocument, type Edit } from './edit-document.ts';

export interface TakenOut {
  /** Absent where no document named the service any more. */
  readonly file?: string;
  readonly line?: number;
}

type Farewell = Command & { readonly kind: 'remove' | 'forget' };

/**
 * Leaves the request, then takes the service out of its document: the moment that changes, it must be known
 * what becomes of what runs. One that the manager knows may have no document left: letting it go may wait for
 * nothing but its name. Throws before anything is done where the document may not be written.
 */
export async function takeOut(
  context: CliContext,
  control: Control,
  command: Farewell,
): Promise<TakenOut> {
  const { service } = command;
  if (context.server) return takeOutThere(context, control, command);
  await control.ask(command);
  const edit: Edit = (text, path) => removeService(text, service, path);
  const edited = await unlessUnwritten(editDocument(context, service, edit));
  return edited === undefined ? {} : { file: edited.file, line: edited.line };
}

/** The manager there owns the document, and edits those that are the API's. */
async function takeOutThere(
  { by }: CliContext,
  control: Control,
  command: Farewell,
): Promise<TakenOut> {
  const { service } = command;
  const deletion = { service, origin: 'api', by, change: { kind: 'delete' } } as const;
  const found = await unlessUnwritten(control.declared(service));
  if (found) await control.declare({ ...deletion, dryRun: true });
  await control.ask(command);
  if (!found) return {};
  await control.declare(deletion);
  return { file: found.place.file, line: found.place.line };
}

async function unlessUnwritten<Found>(finding: Promise<Found>): Promise<Found | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (error instanceof AppError && error.code === 'SERVICE_UNKNOWN') return undefined;
    throw error;
  }
}
