import { openFolderDocuments } from './adapters/folder/documents.ts';
import { createMemoryLease } from './adapters/memory/lease.ts';
import { createMemoryProber } from './adapters/memory/prober.ts';
import { openSecrets } from './adapters/secrets/secrets.ts';
import type { Metrics } from './adapters/prometheus/metrics.ts';
import type { Access, Manager, OpenOptions } from './cli/host.ts';
import type { Config } from './config.ts';
import { approveTools } from './desired/approve-tools.ts';
import { createDeclarer } from './desired/declare.ts';
import { createDrafter } from './desired/draft-service.ts';
import { createChecks, createLoader } from './desired/load.ts';
import { createReaders } from './desired/readers.ts';
import { createTemplateReader } from './desired/template-reader.ts';
import type { Health } from './control.ts';
import type { Desired } from './model/service.ts';
import type { Broker, Lease, Log, Prober, Router, Runtime, Secrets } from './ports.ts';
import { createMotion } from './reconcile/motion.ts';
import { VERSION } from './version.ts';
import type { CoreParts } from './core-ports.ts';
import { choosePlace, openPlaceStore, type Place } from './wire/choose-place.ts';
import { openAccess } from './wire/open-access.ts';
import { openCore } from './wire/open-core.ts';
import { openMetricsFor, toApiMetrics } from './wire/open-metrics.ts';
import { openRemote } from './wire/open-remote.ts';
import { openRouter } from './wire/open-router.ts';
import { openRuntime } from './wire/open-runtime.ts';
import { takeLeases, type Claim } from './wire/take-leases.ts';

/**
 * The composition root: from configuration to a manager, everything opened here is closed in
 * reverse. All modes but `none` take the lease first: nothing of another manager is touched.
 */
export async function openManager(
  config: Config,
  log: Log,
  options: OpenOptions,
): Promise<Manager> {
  const { mode } = options;
  await using opening = new AsyncDisposableStack();
  const documents = openFolderDocuments(config);
  const place = await choosePlace(config, documents, mode);
  const lease = await takeLeaseFor(options, config, { ...place, log });
  opening.defer(() => lease.release());
  const metrics = await openMetricsFor(mode, config);
  const opened = { ...place, log, mode };
  const plain = openPlaceStore(config, place);
  const store = metrics?.store(plain) ?? plain;
  opening.defer(() => store.close());
  const outside = meter(await openOutside(config, opened), metrics);
  opening.defer(() => closeAll(outside));
  const { runtime, remote } = outside;
  if (options.nothingDesired) opening.defer(() => tidy(runtime, log));
  const access = await openAccessFor(config, opened, outside);
  const motion = createMotion({
    settings: config,
    mode: mode === 'none' ? 'alone' : mode,
    identity: identityOf(config, place, mode === 'alone' ? 'none' : mode),
    log,
    clock: Date.now,
    documents,
    store,
    lease,
    ...outside,
    runtimes: new Map([runtime, ...(remote ? [remote] : [])].map((one) => [one.name, one])),
    secrets: openOwnSecrets(config, opened),
    ...openDocumentReaders(config, runtime),
    troubles: () => access.routeAuth?.authenticator.troubles() ?? [],
    ...(options.nothingDesired && { load: () => NOTHING_DESIRED }),
    ...(metrics && { watcher: metrics.watcher }),
  });
  const hasBroker = outside.broker !== undefined;
  const owned = opening.move();
  return {
    ...motion,
    access,
    ...(metrics && { metrics: toApiMetrics({ ...motion, metrics, store, hasBroker }) }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What is asked of the outside is counted on its way. */
function meter(outside: Outside, metrics: Metrics | undefined): Outside {
  if (!metrics) return outside;
  const { runtime, remote, broker, core } = outside;
  return {
    ...outside,
    runtime: metrics.runtime(runtime),
    ...(remote && { remote: metrics.runtime(remote) }),
    ...(broker && { broker: metrics.broker(broker) }),
    ...(core && { core: metrics.core(core) }),
  };
}

/** What reads documents and what writes them share their compiled schemas, and what is read already. */
function openDocumentReaders({ policy }: Config, { name }: Runtime) {
  const settings = { runtime: name, runtimes: [name], policy };
  const checks = createChecks();
  const readers = createReaders(settings, checks);
  return {
    load: createLoader(settings, checks, readers),
    draft: createDrafter(settings, checks, readers),
    declarer: createDeclarer(settings, checks, readers),
    templateReader: createTemplateReader(settings, checks),
    writeApproval: approveTools,
  };
}

function openOwnSecrets(config: Config, { stateFolder, mode }: Opening): Secrets {
  return openSecrets({
    stateFolder: stateFolder,
    environment: config.environment,
    environmentPrefixes: config.secretsPrefixes,
    defaultProvider: config.secretsProvider,
    mayWrite: mode !== 'none',
    ...(config.secretsFolder !== undefined && { folder: config.secretsFolder }),
  });
}

/** Only who serves the API needs to know who may use it. */
async function openAccessFor(
  { api }: Config,
  { mode, ...opening }: Opening,
  { runtime: { isOfService }, router: { baseUrl } }: Outside,
): Promise<Access> {
  if (mode === 'none' || mode === 'alone') return {};
  return openAccess(api, { ...opening, clock: Date.now, baseUrl, isOfService });
}

const NOTHING_DESIRED: Desired = { services: [], frozen: [], problems: [], complete: true };

/** Who only looks needs none. */
async function takeLeaseFor(
  { mode, command = 'run', signal }: OpenOptions,
  config: Config,
  claim: Claim,
): Promise<Lease> {
  if (mode === 'none') return createMemoryLease();
  return takeLeases(config, { ...claim, what: command }, signal);
}

/** Everything that talks to the outside; opened and closed side by side, so that neither takes long. */
interface Outside {
  readonly runtime: Runtime;
  /** Of services that run elsewhere. */
  readonly remote?: Runtime;
  readonly router: Router;
  readonly prober: Prober;
  readonly broker?: Broker;
  readonly core?: CoreParts;
}

async function openOutside(config: Config, opening: Opening): Promise<Outside> {
  const [runtime, router, prober, broker, remote, core] = await Promise.allSettled([
    openRuntime(config, opening),
    openRouter(config, opening),
    openChecker(config),
    opening.mode === 'none' ? undefined : openBroker(config, opening.log),
    openRemote(config, opening),
    openCore(config, opening),
  ]);
  const opened = [runtime, router, prober, broker, remote, core];
  const failed = opened.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') {
    await Promise.all(
      opened.map(async (part) => {
        if (part.status === 'fulfilled') await part.value?.close();
      }),
    );
    throw failed.reason;
  }
  return {
    runtime: valueOf(runtime),
    router: valueOf(router),
    prober: valueOf(prober),
    ...(remote.status === 'fulfilled' && remote.value && { remote: remote.value }),
    ...(broker.status === 'fulfilled' && broker.value && { broker: broker.value }),
    ...(core.status === 'fulfilled' && core.value && { core: core.value }),
  };
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** What it does not remove, the next removal does. */
async function tidy(runtime: Runtime, log: Log): Promise<void> {
  await runtime.tidy?.(AbortSignal.timeout(TIDY_MS)).catch((err: unknown) => {
    log.warn({ runtime: runtime.name, err }, 'something that nothing uses may be left');
  });
}

const TIDY_MS = 30_000;

async function closeAll({ runtime, remote, router, prober, broker, core }: Outside): Promise<void> {
  const others = [remote?.close(), router.close(), prober.close(), broker?.close()];
  await Promise.all([runtime.close(), core?.close(), ...others]);
}

function identityOf(
  config: Config,
  place: Place,
  mode: Health['mode'],
): Omit<Health, 'troubles' | 'harmless'> {
  return {
    managerId: place.managerId,
    version: VERSION,
    pid: process.pid,
    mode,
    runtime: config.runtime ?? '',
    stateFolder: place.stateFolder,
    startedAtMs: Date.now(),
  };
}

interface Opening extends Place {
  readonly log: Log;
  readonly mode: OpenOptions['mode'];
}

async function openChecker({ runtime }: Config): Promise<Prober> {
  if (runtime === 'memory') return createMemoryProber();
  const { openProber } = await import('./adapters/mcp/prober.ts');
  return openProber({ version: VERSION });
}

async function openBroker(
  { redisUrl, redisStream }: Config,
  log: Log,
): Promise<Broker | undefined> {
  if (redisUrl === undefined) return undefined;
  const { openRedisBroker } = await import('./adapters/redis/broker.ts');
  return openRedisBroker({ url: redisUrl, stream: redisStream, log });
}
