import { AppError } from '../errors.ts';
import type { ImageDetail, Inspection, ServiceDetail } from '../control.ts';
import type { Desired, DesiredService } from '../model/service.ts';
import type { ServiceStatus } from '../model/status.ts';
import type { Clock, Documents, Prober, Runtime } from '../ports.ts';
import { type CheckedNow, createCheckNow } from './check-now.ts';
import type { Gather } from './gather.ts';
import type { Wake } from './loop.ts';
import type { PassFeed } from './pass-feed.ts';
import type { Reconciler } from './reconciler.ts';
import { isAtRest } from './settle.ts';
import { pendingStatus } from './pending-status.ts';
import { readDocuments } from './written-service.ts';

export interface InspectionOptions {
  readonly reconciler: Reconciler;
  readonly desired: () => Desired;
  /** The first is where services run by default: its store has their images. */
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly documents: Documents;
  /** How long the last check of an instance took. */
  readonly tookMs: (instanceId: string) => number | undefined;
  readonly gather: Gather;
  readonly prober: Prober;
  readonly clock: Clock;
  readonly passes: PassFeed;
  readonly wake: (wake: Wake) => void;
}

/** Shows what the last look saw; looks itself at images, templates, and what is to be checked now. */
export function createInspection(options: InspectionOptions): Inspection {
  const { reconciler, desired, documents } = options;
  const checkNow = createCheckNow(options);
  const details = (): readonly ServiceDetail[] => {
    const wanted = new Map(desired().services.map((service) => [service.name, service]));
    const statuses = reconciler.statuses();
    const unseen = [...wanted.values()]
      .filter(({ name }) => !statuses.has(name))
      .map(pendingStatus);
    return [...statuses.values(), ...unseen]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((status) => toDetail(status, wanted.get(status.name), options));
  };
  return {
    details,
    async checkNow(service) {
      const checked = await checkNow(service);
      const detail = details().find(({ status }) => status.name === service);
      if (checked && detail) return withCheck(detail, checked);
      throw new AppError('SERVICE_UNKNOWN', `there is no service ${service} any more`, {
        hint: 'see `mcp-manager status`',
      });
    },
    settled: (service, signal) => untilSettled(options, service, signal),
    image: (reference, signal) => lookUpImage(options, reference, signal),
    async templates() {
      return (await readDocuments(documents)).templates;
    },
  };
}

function toDetail(
  status: ServiceStatus,
  desired: DesiredService | undefined,
  { reconciler, tookMs }: InspectionOptions,
): ServiceDetail {
  const own = reconciler.instances().get(status.name) ?? [];
  const [newest] = own;
  const responseMs = newest && tookMs(newest.id);
  return {
    status,
    ...(desired && { desired }),
    containerIds: own.map(({ id }) => id),
    ...(newest && { containerId: newest.id }),
    ...(newest?.startedAtMs !== undefined && { createdAtMs: newest.startedAtMs }),
    ...(responseMs !== undefined && { responseMs }),
    ...(newest?.url !== undefined && { internalUrl: newest.url }),
  };
}

function withCheck(detail: ServiceDetail, { status, asked }: CheckedNow): ServiceDetail {
  if (!asked) return { ...detail, status };
  const { target, result, tookMs } = asked;
  return {
    ...detail,
    status,
    containerId: target.instanceId,
    createdAtMs: target.startedAtMs,
    internalUrl: target.url,
    responseMs: tookMs,
    answer:
      result.outcome === 'failed' ? { kind: 'none', cause: result.message } : { kind: 'good' },
  };
}

/** Looks after each pass; the first one that counts begins after the documents were written. */
async function untilSettled(
  { reconciler, passes, wake }: InspectionOptions,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  // A pass that failed is tried again by itself: the next one may tell.
  const first = passes.nextFull(signal).catch(() => undefined);
  wake({ documents: true });
  await first;
  while (!signal.aborted && !hasSettled(reconciler, service)) {
    await passes.next(signal).catch(() => undefined);
  }
}

function hasSettled({ statuses, isMoving }: Reconciler, service: string): boolean {
  const status = statuses().get(service);
  if (isMoving(service)) return false;
  return !status || isAtRest(status) || status.state === 'CrashLoop';
}

async function lookUpImage(
  { runtimes }: InspectionOptions,
  image: string,
  signal: AbortSignal,
): Promise<ImageDetail> {
  const [runtime] = runtimes.values();
  const found = (await runtime?.images([image], signal))?.get(image);
  const canPull = found !== undefined || ((await runtime?.canPull?.(image, signal)) ?? false);
  const size = found?.sizeBytes;
  return {
    image,
    exists: found !== undefined,
    canPull,
    ...(size !== undefined && { sizeBytes: size }),
  };
}
