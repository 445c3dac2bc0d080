import type { Inspection, ServiceDetail } from '../../control.ts';
import type { CoreParts } from '../../core-ports.ts';
import { AppError } from '../../errors.ts';
import type { CoreMemory, CoreReport, CoreTelling } from '../../model/core.ts';
import { isStopping } from '../../model/stopping.ts';
import type { Clock } from '../../ports.ts';
import { createBell } from '../bell.ts';
import type { ChangeMemory, CoreMemories } from './memory.ts';

/** One transaction of Redis and one of the store: some milliseconds each. */
const BATCH = 200;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

export interface CoreTellerOptions extends Pick<CoreParts, 'link' | 'reportOf'> {
  readonly inspection: Pick<Inspection, 'details'>;
  readonly memories: CoreMemories;
  readonly clock: Clock;
}

/**
 * Tells core how its instances are: of each what differs from what it was told last. So nothing is lost
 * while Redis is away, and after any end; only what changed back meanwhile is never told.
 */
export interface CoreTeller {
  /** Something may have changed. */
  wake(): void;
  run(signal: AbortSignal): Promise<void>;
  /** Why core is not told now. */
  troubles(): readonly string[];
}

export function createCoreTeller(options: CoreTellerOptions): CoreTeller {
  const bell = createBell();
  let trouble: string | undefined;

  async function run(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    for (;;) {
      await bell.wait(signal, trouble === undefined ? undefined : retryMs);
      if (signal.aborted) return;
      try {
        await tellAll(options, signal);
        trouble = undefined;
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof AppError)) throw error;
        trouble = `the platform is not told how its services are: ${error.message}`;
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  return { wake: () => bell.ring(), run, troubles: () => (trouble === undefined ? [] : [trouble]) };
}

interface News {
  readonly instanceId: string;
  /** Absent: there is only something to forget. */
  readonly telling?: CoreTelling;
  readonly remember: ChangeMemory;
}

async function tellAll(options: CoreTellerOptions, signal: AbortSignal): Promise<void> {
  const all = collect(options);
  for (let at = 0; at < all.length; at += BATCH) {
    const batch = all.slice(at, at + BATCH);
    const tellings = batch.flatMap(({ telling }) => (telling ? [telling] : []));
    if (tellings.length > 0) await options.link.tell(tellings, signal);
    options.memories.change(
      new Map(batch.map(({ instanceId, remember }) => [instanceId, remember])),
    );
  }
}

function collect(options: CoreTellerOptions): readonly News[] {
  const { inspection, memories, reportOf } = options;
  const details = inspection.details();
  const declared = new Map<string, About>();
  for (const detail of details) {
    const { instanceId, serviceName = detail.status.name } = detail.desired?.platform ?? {};
    if (instanceId === undefined || declared.has(instanceId)) continue;
    // Until it has ended, what was told before holds.
    const isEnding = isStopping(detail.status, detail.desired);
    const report = isEnding ? undefined : reportOf(detail.status);
    declared.set(instanceId, { name: serviceName, report, detail });
  }
  // Only what names no instance may be one that cannot be read now; else it is another one's.
  const nameless = details.filter(({ desired }) => desired?.platform?.instanceId === undefined);
  const byName = new Map(nameless.map((detail) => [detail.status.name, detail]));
  const others = [...memories.all()]
    .filter(([instanceId]) => !declared.has(instanceId))
    .map(([instanceId, memory]) => {
      const detail = byName.get(memory.service ?? '');
      return [instanceId, aboutUndeclared(options, memory, detail)] as const;
    });
  return [...declared, ...others].flatMap(([instanceId, about]) =>
    about?.report === undefined
      ? []
      : toNews(options, instanceId, { ...about, report: about.report }),
  );
}

interface About {
  readonly name: string;
  /** Undefined: nothing can be said now. */
  readonly report: CoreReport | undefined;
  readonly detail?: ServiceDetail;
  readonly atMs?: number;
  /** Nothing of it is left: it is told for the last time. */
  readonly isGone?: boolean;
}

/** An instance of which no document says anything now: it was refused, or it is gone, or just unreadable. */
function aboutUndeclared(
  { reportOf }: CoreTellerOptions,
  { refusal, told }: CoreMemory,
  detail: ServiceDetail | undefined,
): About | undefined {
  if (refusal) {
    const { name, cause, atMs } = refusal;
    return { name, report: { word: 'failed', error: cause }, atMs };
  }
  if (!told) return undefined;
  const report = reportOf(detail?.status);
  return { name: told.name, report, ...(detail ? { detail } : { isGone: true }) };
}

/** Nothing where core was told so already. */
function toNews(
  { memories, clock }: CoreTellerOptions,
  instanceId: string,
  { name, report, detail, atMs, isGone = false }: About & { readonly report: CoreReport },
): readonly News[] {
  const { told } = memories.of(instanceId);
  const { containerId, status } = detail ?? {};
  const { word, error } = report;
  const place = word === 'running' ? [containerId, status?.url] : [];
  const key = JSON.stringify([word, error, ...place]);
  const isNews = told?.key !== key;
  if (!isNews && !isGone) return [];
  const remember: ChangeMemory = ({ told: _before, ...memory }) => {
    if (isGone) return memory;
    return { ...memory, ...(status && { service: status.name }), told: { key, name } };
  };
  const changedAtMs = atMs ?? status?.changedAtMs ?? clock();
  const telling = {
    instanceId,
    name,
    report,
    atMs: changedAtMs,
    // Of what is gone nobody knows when: told again, it is the same all the same.
    seed: `${instanceId} ${key} ${isGone ? told?.key : changedAtMs}`,
    ...(containerId !== undefined && { containerId }),
    ...(status?.url !== undefined && { url: status.url }),
  };
  return [{ instanceId, remember, ...(isNews && { telling }) }];
}
