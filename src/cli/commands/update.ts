import { AppError } from '../../errors.ts';
import type { ServiceStatus } from '../../model/status.ts';
import { carryOut } from '../carry-out.ts';
import { say, sayJson, type CliCommand, type CliContext } from '../context.ts';
import { OK } from '../exit-code.ts';
import { openControl, openToAct, type OpenedControl } from '../open-control.ts';
import { selectServices, takeServices, type SelectorOption } from '../select-services.ts';

interface UpdateOptions extends SelectorOption {
  readonly bridge?: true;
}

/** Asks what image references mean now, or for the present bridge: what moved is replaced, the rest is left alone. */
export const updateCommand: CliCommand<UpdateOptions> = {
  define: (command) =>
    takeServices(command).option('--bridge', 'roll to the bridge of this manager, not to an image'),
  examples: [
    ['update echo', 'pulls its image, and replaces what runs only where it is another one'],
    ['update', 'the same for every service that is made from an image'],
    ['update -l team=search', 'all services with this label'],
    ['update --bridge', 'replaces every stdio server whose bridge is not that of this manager'],
    ['events --service echo --since 1h', 'what was found: `service.updated`, or why not'],
  ],
  async run(context, options, names) {
    await refuseOnProcess(context);
    await using opened = await openToAct(context, 'update');
    const { services } = await opened.control.status();
    const selected = selectServices(services, names, options);
    if (names.length > 0) selected.forEach(requireImage);
    const asked = selected.filter(hasImage);
    const kind = options.bridge === true ? 'update-bridge' : 'update';
    for (const service of asked) {
      await opened.control.ask({ kind, service: service.name, by: context.by });
      if (!context.json) say(context, SENTENCES[kind](service));
    }
    return await finish(context, opened, { kind, services: asked.map(({ name }) => name) });
  },
};

const SENTENCES = {
  update: ({ name, image }: Imaged) => `${name} will roll to what ${image} means now, if it moved.`,
  'update-bridge': ({ name }: Imaged) =>
    `${name} will roll to the bridge of this manager, if it has another one.`,
} as const;

type Imaged = ServiceStatus & { readonly image: string };

interface Asked {
  readonly kind: keyof typeof SENTENCES;
  readonly services: readonly string[];
}

/** A manager does it by itself; without one it is done here and now. */
async function finish(
  context: CliContext,
  opened: OpenedControl,
  { kind, services }: Asked,
): Promise<number> {
  if (services.length === 0 && !context.json) say(context, 'No service is made from an image.');
  const carried = services.length === 0 ? { code: OK } : await carryOut(context, opened, services);
  const { code, ...result } = carried;
  if (context.json) sayJson(context, { kind, services, ...result });
  return code;
}

async function refuseOnProcess(context: CliContext): Promise<void> {
  await using opened = await openControl(context);
  if (opened.runtime !== 'process') return;
  throw new AppError('NOT_SUPPORTED', '`update` looks for images, which child processes have not', {
    hint: 'it works on Podman and Kubernetes; here: `mcp-manager restart NAME`, also for a newer bridge',
  });
}

function hasImage(service: ServiceStatus): service is Imaged {
  return service.image !== undefined;
}

/** Before anything is asked: whoever names a service means it. */
function requireImage(service: ServiceStatus): void {
  if (hasImage(service)) return;
  throw new AppError('NOT_SUPPORTED', `${service.name} is made from no image`, {
    hint: '`update` is for services with `image:`; others change with their documents',
  });
}
