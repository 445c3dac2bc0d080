import { AppError } from '../../errors.ts';
import type { RuntimeStep } from '../../model/plan.ts';
import type { SecretValues } from '../../ports.ts';
import { requireArchitecture, toBridged, type Bridged } from './bridge-program.ts';
import type { BridgeVolumes, MakeOrder } from './bridge-volume.ts';
import type { EngineFacts } from './engine-facts.ts';
import { EngineError } from './engine-error.ts';
import { readImageProgram } from './image-program.ts';
import { inspectContainer } from './inspection.ts';
import { isOurs, LABELS } from './labels.ts';
import { ensureNetwork } from './networks.ts';
import type { Scene } from './scene.ts';
import { NO_SPACE, storageFull } from './storage-full.ts';
import { toContainer } from './to-container.ts';
import { ensureVolumes } from './volumes.ts';

type CreateStep = Extract<RuntimeStep, { kind: 'create' }>;

export interface CreateInput {
  readonly step: CreateStep;
  readonly values: SecretValues;
  readonly facts: EngineFacts;
  readonly bridges: BridgeVolumes;
}

/**
 * Creates the container of a step with its network and volumes, or finds it made already; answers its
 * id. Throws NAME_TAKEN, RUNTIME_UNSUPPORTED, SECRET_MISSING, PROGRAM_MISSING where nothing says what to run;
 * PROGRAM_FAILED when its image is missing.
 */
export async function createContainer(scene: Scene, input: CreateInput): Promise<string> {
  try {
    return await (isBridged(input.step) ? createBridged(scene, input) : create(scene, input));
  } catch (error) {
    throw explain(error, input);
  }
}

function isBridged({ service, imageId }: CreateStep): boolean {
  return service.spec.transport === 'stdio' && imageId !== undefined;
}

/** For a program that speaks over standard input and output: with the bridge before it. */
async function createBridged(scene: Scene, input: CreateInput): Promise<string> {
  const { step, bridges } = input;
  const { imageId = '' } = step;
  const [files, image] = await Promise.all([bridges.files(), readImageProgram(scene, imageId)]);
  requireArchitecture(step, files, image);
  const order: MakeOrder = {
    imageId,
    create: (volume) => create(scene, input, toBridged({ step, files, image, volume })),
  };
  return bridges.make(order, scene);
}

async function create(scene: Scene, input: CreateInput, bridge?: Bridged): Promise<string> {
  const { service, target } = input.step;
  const body = toContainer({ managerId: scene.managerId, ...input, ...(bridge && { bridge }) });
  const make = async (): Promise<string> => {
    await Promise.all([ensureNetwork(scene, service), ensureVolumes(scene, service)]);
    return requestContainer(scene, target.name, body);
  };
  try {
    // The last instance of the service may have taken the network along in between.
    return await make().catch((error: unknown) => {
      if (isReason(error, /network not found/)) return make();
      throw error;
    });
  } catch (error) {
    if (isReason(error, /name.*already in use/)) return adoptNamesake(scene, target.name);
    throw error;
  }
}

async function requestContainer(
  { engine, signal }: Scene,
  name: string,
  body: ReturnType<typeof toContainer>,
): Promise<string> {
  const { id } = await engine.docker(
    // Made twice it is found by its name.
    { signal, what: `create ${name}`, idempotent: true },
    // As one object of another type: dockerode would copy known options into the URL.
    (docker, abortSignal) =>
      docker.createContainer(Object.assign({}, { _query: { name }, _body: body, abortSignal })),
  );
  return id;
}

/** Made by an earlier try whose answer was lost, or by somebody else. */
async function adoptNamesake(scene: Scene, name: string): Promise<string> {
  const present = await inspectContainer(scene, name);
  if (present !== undefined && isOurs(scene.managerId, present.name, present.labels))
    return present.id;
  const owner = present?.labels[LABELS.manager];
  const whose = owner === undefined ? 'somebody else' : `the manager ${owner}`;
  throw new AppError('NAME_TAKEN', `The container ${name} belongs to ${whose}.`, {
    hint: `rename or remove it: \`podman rename ${name} ANOTHER\``,
  });
}

function isReason(error: unknown, pattern: RegExp): boolean {
  return error instanceof EngineError && pattern.test(error.reason);
}

/** The engine's refusal in words, and without any secret that it repeats from the request. */
function explain(error: unknown, { step, values }: CreateInput): unknown {
  if (!(error instanceof EngineError)) return error;
  if (NO_SPACE.test(error.message)) return storageFull(`create ${step.target.name}`);
  if (error.status === 404 && error.reason.includes('image not known')) return imageGone(step);
  return withoutSecrets(error, [...values.values()]);
}

function withoutSecrets(error: EngineError, values: readonly string[]): EngineError {
  const blot = (text: string): string =>
    values
      .filter((value) => value !== '')
      .reduce((blotted, value) => blotted.replaceAll(value, '(secret)'), text);
  const { message, reason, status, hint } = error;
  return new EngineError(blot(message), {
    reason: blot(reason),
    ...(status !== undefined && { status }),
    ...(hint !== undefined && { hint }),
  });
}

/** Pulled before, and gone again before the container was made. */
export function imageGone({ service: { name, spec }, imageId }: CreateStep): AppError {
  return new AppError(
    'PROGRAM_FAILED',
    `The image ${spec.image ?? imageId} of ${name} is not on this engine any more.`,
  );
}
