import type { Command as Wanted } from '../../control.ts';
import { carryOut } from '../carry-out.ts';
import { say, sayJson, type CliCommand } from '../context.ts';
import { OK } from '../exit-code.ts';
import { listServices, openToAct } from '../open-control.ts';
import { selectNames, takeServices, type SelectorOption } from '../select-services.ts';
import { AppError } from '../../errors.ts';

export const restartCommand = createAskCommand({
  kind: 'restart',
  done: 'will be restarted',
  examples: [['restart echo', 'stops and starts it again, the same release']],
});

export const pauseCommand = createAskCommand({
  kind: 'pause',
  done: 'is left alone from now on',
  examples: [['pause echo', 'nothing is healed or changed until `unpause`']],
});

export const unpauseCommand = createAskCommand({
  kind: 'unpause',
  done: 'is managed again',
  examples: [['unpause echo', 'what changed meanwhile is applied']],
});

interface AskOptions {
  readonly kind: Exclude<Wanted['kind'], 'remove' | 'forget' | 'update' | 'update-bridge'>;
  readonly done: string;
  readonly examples: CliCommand['examples'];
}

/** A command that leaves one request per service; the loop does the rest. */
function createAskCommand({ kind, done, examples }: AskOptions): CliCommand<SelectorOption> {
  return {
    define: (command) => takeServices(command, '[names...]'),
    examples: [...examples, [`${kind} -l team=search`, 'all services with this label']],
    async run(context, options, names) {
      refuseAll(names, options);
      await using opened = await openToAct(context, kind);
      const selected = (await selectNames(listServices(opened), names, options)) ?? [];
      for (const service of selected) {
        await opened.control.ask({ kind, service, by: context.by });
        if (!context.json) say(context, `${service} ${done}.`);
      }
      // Nothing is to be done for it: only left undone.
      const carried = kind === 'pause' ? { code: OK } : await carryOut(context, opened, selected);
      const { code, ...result } = carried;
      if (context.json) sayJson(context, { kind, services: selected, ...result });
      return code;
    },
  };
}

/** Such a command never means "everything" by being left empty. */
export function refuseAll(names: readonly string[], { selector }: SelectorOption): void {
  if (names.length > 0 || selector !== undefined) return;
  throw new AppError('REFUSED', 'no service was named', {
    hint: 'name services, or choose them with --selector key=value',
  });
}
