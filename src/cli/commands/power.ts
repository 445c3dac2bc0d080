import { setPower } from '../../desired/edit.ts';
import { carryOut } from '../carry-out.ts';
import { note, say, sayJson, type CliCommand, type CliContext } from '../context.ts';
import { editDocument, type Edit, type EditedFile } from '../edit-document.ts';
import { listServices, openToFollow, type OpenedControl } from '../open-control.ts';
import { OK } from '../exit-code.ts';
import { selectNames, takeServices, type SelectorOption } from '../select-services.ts';
import { loadDesired } from '../load-desired.ts';
import { refuseAll } from './ask.ts';

export const stopCommand = createPowerCommand('off', [
  ['stop echo', 'writes `power: off` into its document; it stays off, also after a restart'],
  ['stop -l team=search', 'all services with this label'],
]);

export const startCommand = createPowerCommand('on', [
  ['start echo', 'writes `power: on` into its document'],
]);

/** Edits `power` where the service is written, and wakes the manager. */
function createPowerCommand(
  power: 'on' | 'off',
  examples: CliCommand['examples'],
): CliCommand<SelectorOption> {
  return {
    define: (command) => takeServices(command),
    examples,
    async run(context, options, names) {
      refuseAll(names, options);
      await using opened = await openToFollow(context, power === 'off' ? 'stop' : 'start');
      if (opened && context.server)
        return await powerThere(context, opened, { power, options, names });
      const selected = await select(context, options, names);
      const edited: (EditedFile & { readonly service: string })[] = [];
      for (const service of selected) {
        const edit: Edit = (text, path) => setPower(text, service, power, path);
        const file = await editDocument(context, service, edit);
        edited.push({ service, ...file });
        if (!context.json) say(context, formatEdited(service, file, power));
      }
      await opened?.control.wake(selected);
      if (!opened && !context.json) note(context, FOR_LATER);
      const carried = opened ? await carryOut(context, opened, selected) : { code: OK };
      const { code, ...result } = carried;
      if (context.json) sayJson(context, { power, edited, ...result });
      return code;
    },
  };
}

interface Wish {
  readonly power: 'on' | 'off';
  readonly options: SelectorOption;
  readonly names: readonly string[];
}

/** The documents lie elsewhere: the manager there edits those that are the API's. */
async function powerThere(
  context: CliContext,
  opened: OpenedControl,
  { power, options, names }: Wish,
): Promise<number> {
  const { by } = context;
  const selected = (await selectNames(listServices(opened), names, options)) ?? [];
  const fields = { power: power === 'on' ? null : power };
  const edited: object[] = [];
  for (const service of selected) {
    const wanted = { service, origin: 'api', by, change: { kind: 'merge', fields } } as const;
    const { kind, declared } = await opened.control.declare(wanted);
    edited.push({ service, file: declared?.file, changed: kind !== 'unchanged' });
    const already = kind === 'unchanged' ? 'already' : 'now';
    if (!context.json)
      say(context, `${service}: power is ${power} ${already} (${declared?.file}).`);
  }
  if (context.json) sayJson(context, { power, edited });
  return OK;
}

/** Labels are taken from the documents: no manager is needed to edit them. */
async function select(
  context: CliContext,
  options: SelectorOption,
  names: readonly string[],
): Promise<readonly string[]> {
  const list = async () => (await loadDesired(context, context.config())).services;
  return (await selectNames(list, names, options)) ?? [];
}

function formatEdited(
  service: string,
  { file, line, changed }: EditedFile,
  power: 'on' | 'off',
): string {
  const place = `${file}:${line}`;
  if (!changed) return `${service}: power is ${power} already (${place}).`;
  return `${service}: power is ${power} now (${place}).`;
}

const FOR_LATER = 'No manager is running: it takes effect with `mcp-manager run`.';
