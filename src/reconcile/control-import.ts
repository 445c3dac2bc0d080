import { randomUUID } from 'node:crypto';
import type { Control, ImportDraft, ImportRequest } from '../control.ts';
import { AppError } from '../errors.ts';
import type { ContainerFacts } from '../model/container.ts';
import type { Desired, DesiredService } from '../model/service.ts';
import { verifySettings } from '../model/verification.ts';
import { toWorld } from '../plan/basis.ts';
import { toPlanDocument } from '../plan/document.ts';
import type { PlanInput } from '../plan/input.ts';
import { locateInstances, pendingAdoptions } from '../plan/locate.ts';
import { planInParts } from '../plan/plan.ts';
import { keptVersion } from '../plan/kept-version.ts';
import type { Clock, Documents, DocumentSet, Prober, Runtime, Secrets } from '../ports.ts';
import type { Gather } from './gather.ts';
import type { Wake } from './loop.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { takeTurns } from './take-turns.ts';
import { readDocuments } from './written-service.ts';

/** A container as a document, and the desired set with it. */
export interface Drafted {
  readonly file: string;
  readonly text: string;
  readonly secrets: readonly {
    readonly variable: string;
    readonly reference: string;
    readonly value: string;
  }[];
  readonly refusals: readonly string[];
  readonly notes: readonly string[];
  readonly desired: Desired;
}

export type Draft = (
  facts: ContainerFacts,
  wish: Omit<ImportRequest, 'container'>,
  set: DocumentSet & { readonly ok: true },
) => Drafted;

export interface ImportControlOptions {
  readonly managerId: string;
  readonly documents: Documents;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly secrets: Secrets;
  readonly prober: Prober;
  readonly draft: Draft;
  /** Looks at the world as it would be with another desired set. */
  readonly gatherFor: (desired: () => Desired) => Gather;
  readonly wake: (wake: Wake) => void;
  readonly clock: Clock;
}

export interface ImportControl extends Pick<Control, 'draftImport'> {
  /** As `Control.importContainer`: looks at once, and writes when it is the turn of that. */
  importContainer(inTurn: OneAtATime, request: ImportRequest): Promise<void>;
}

/** Reads what runs into a document, and writes that. Takes nothing over: that is planned once it is there. */
export function createImportControl(options: ImportControlOptions): ImportControl {
  return {
    draftImport: async (request) => toImportDraft(options, await find(options, request)),
    async importContainer(inTurn, request) {
      // Nobody who writes waits for a runtime.
      const { facts } = await find(options, request);
      await inTurn(() => write(options, facts, request));
    },
  };
}

/** By what the documents say now. */
async function write(
  { documents, secrets, draft, wake }: ImportControlOptions,
  facts: ContainerFacts,
  { container: _container, ...wish }: ImportRequest,
): Promise<void> {
  const drafted = draft(facts, wish, await readDocuments(documents));
  if (drafted.refusals.length > 0) throw refuse(facts, drafted.refusals);
  const values = drafted.secrets.map(({ reference, value }) => [reference, value] as const);
  // Secrets first: the moment the document is there, its references must lead somewhere.
  if (values.length > 0) await secrets.keep(new Map(values));
  await documents.write(drafted.file, undefined, drafted.text);
  wake({ names: [wish.service], documents: true });
}

/** The container, in a world in which it is declared. Throws REFUSED with all that speaks against that. */
async function find(options: ImportControlOptions, request: ImportRequest): Promise<Found> {
  const { service } = request;
  const { facts, drafted } = await draftOf(options, request);
  const look = { scope: 'all', deep: true } as const;
  const input = await options.gatherFor(() => drafted.desired)(look, new Set(), never());
  const all = [...drafted.refusals, ...whyTaken(service, input)];
  if (all.length > 0) throw refuse(facts, all);
  return { facts, drafted, input, service };
}

interface ReadContainer {
  readonly facts: ContainerFacts;
  readonly drafted: Drafted;
}

async function draftOf(
  { documents, runtimes, draft, managerId }: ImportControlOptions,
  { container, ...wish }: ImportRequest,
): Promise<ReadContainer> {
  const [set, facts] = await Promise.all([
    readDocuments(documents),
    findContainer(runtimes, container),
  ]);
  requireForeign(facts, managerId);
  return { facts, drafted: draft(facts, wish, set) };
}

async function findContainer(
  runtimes: ReadonlyMap<string, Runtime>,
  container: string,
): Promise<ContainerFacts> {
  for (const runtime of runtimes.values()) {
    const facts = await runtime.inspect(container, never());
    if (facts) return facts;
  }
  throw new AppError('REFUSED', `there is no container ${container}`, {
    hint: 'give the id or the name of one that runs',
  });
}

function requireForeign({ name, ours, owner, running }: ContainerFacts, managerId: string): void {
  if (ours) {
    throw new AppError('REFUSED', `${name} is an instance of a service here already`, {
      hint: 'see `mcp-manager status`',
    });
  }
  if (owner !== undefined && owner !== managerId) {
    throw new AppError('REFUSED', `${name} belongs to the manager ${owner}`, {
      hint: 'let it go there with `mcp-manager forget` first',
    });
  }
  if (!running) {
    throw new AppError('REFUSED', `${name} does not run`, {
      hint: 'start it first: only what runs is taken over',
    });
  }
}

/** A name may be in use without a document: by what waits to go, or was let go a moment ago. */
function whyTaken(service: string, input: PlanInput): readonly string[] {
  const runs = locateInstances(input).some((instance) => instance.service === service);
  const kept = keptVersion(input.histories.get(service)) !== undefined;
  return runs || kept ? [`the name ${service} is in use: choose another with --as`] : [];
}

function refuse({ name }: ContainerFacts, refusals: readonly string[]): AppError {
  const list = refusals.map((refusal) => `\n  - ${refusal}`).join('');
  return new AppError('REFUSED', `the container ${name} cannot be taken over:${list}`);
}

interface Found extends ReadContainer {
  readonly input: PlanInput;
  readonly service: string;
}

async function toImportDraft(
  options: ImportControlOptions,
  { facts, drafted, input, service }: Found,
): Promise<ImportDraft> {
  const { file, text, secrets, notes, desired } = drafted;
  const whole = await takeTurns(planInParts(input));
  const services = whole.services.filter(({ name }) => name === service);
  const document = toPlanDocument(
    { ...whole, services, leftAlone: [] },
    {
      planId: randomUUID(),
      managerId: options.managerId,
      nowMs: options.clock(),
      world: toWorld({ ...input, desired }),
    },
  );
  const wanted = desired.services.find(({ name }) => name === service);
  const silence = wanted ? await whySilent(wanted, input, options.prober) : [];
  return {
    containerId: facts.id,
    containerName: facts.name,
    file,
    text,
    secrets: secrets.map(({ variable, reference }) => ({ variable, reference })),
    notes: [...silence, ...notes],
    plan: document,
  };
}

/** It may begin to answer later, and is not routed before. */
async function whySilent(
  { name, spec, verify }: DesiredService,
  input: PlanInput,
  prober: Prober,
): Promise<readonly string[]> {
  const { port, path } = spec;
  const container = pendingAdoptions(input).find(({ service }) => service === name);
  if (container?.url === undefined) return [`its port ${port} cannot be reached from here`];
  const { id, url, revision, release, startedAtMs = 0 } = container;
  const settings = verifySettings(verify, path);
  const target = {
    service: name,
    instance: container.name,
    instanceId: id,
    revision,
    release,
    startedAtMs,
    url,
    path,
    verify,
    settings,
  };
  const { outcome, ...result } = await prober.verify(target, AbortSignal.timeout(verify.timeoutMs));
  if (outcome !== 'failed' || !('message' in result)) return [];
  return [`nothing answers MCP at its port ${port}${path} yet: ${result.message}`];
}

function never(): AbortSignal {
  return new AbortController().signal;
}
