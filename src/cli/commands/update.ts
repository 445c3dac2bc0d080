import { AppError } from '../../errors.ts';
import type { ServiceStatus } from '../../model/status.ts';
import { carryOut } from '../carry-out.ts';
import { say, sayJson, type CliCommand, type CliContext } from '../context.ts';
import { OK } from '../exit-code.ts';
import { openControl, openToAct, type OpenedControl } from '../open-control.ts';
import { selectServices, takeServices, type SelectorOption } from '../select-services.ts';

/** Asks what image references mean now: what moved is replaced, the rest is left alone. */
export const updateCommand: CliCommand<SelectorOption> = {
  define: (command) => takeServices(command),
  examples: [
    ['update echo', 'pulls its image, and replaces what runs only where it is another one'],
    ['update', 'the same for every service that is made from an image'],
    ['update -l team=search', 'all services with this label'],
    ['events --service echo --since 1h', 'what was found: `service.updated`, or why not'],
  ],
  async run(context, options, names) {
    await refuseOnProcess(context);
    await using opened = await openToAct(context, 'update');
    const { services } = await opened.control.status();
    const selected = selectServices(services, names, options);
    if (names.length > 0) selected.forEach(requireImage);
    const asked = selected.filter(hasImage);
    for (const { name, image } of asked) {
      await opened.control.ask({ kind: 'update', service: name, by: context.by });
      if (!context.json) say(context, `${name} will roll to what ${image} means now, if it moved.`);
    }
    return await finish(
      context,
      opened,
      asked.map(({ name }) => name),
    );
  },
};

/** A manager does it by itself; without one it is done here and now. */
async function finish(
  context: CliContext,
  opened: OpenedControl,
  services: readonly string[],
): Promise<number> {
  if (services.length === 0 && !context.json) say(context, 'No service is made from an image.');
  const carried = services.length === 0 ? { code: OK } : await carryOut(context, opened, services);
  const { code, ...result } = carried;
  if (context.json) sayJson(context, { kind: 'update', services, ...result });
  return code;
}

async function refuseOnProcess(context: CliContext): Promise<void> {
  await using opened = await openControl(context);
  if (opened.runtime !== 'process') return;
  throw new AppError('NOT_SUPPORTED', '`update` looks for images, which child processes have not', {
    hint: 'it works on Podman and Kubernetes; here: `mcp-manager restart NAME`',
  });
}

function hasImage(service: ServiceStatus): service is ServiceStatus & { readonly image: string } {
  return service.image !== undefined;
}

/** Before anything is asked: whoever names a service means it. */
function requireImage(service: ServiceStatus): void {
  if (hasImage(service)) return;
  throw new AppError('NOT_SUPPORTED', `${service.name} is made from no image`, {
    hint: '`update` is for services with `image:`; others change with their documents',
  });
}
