import { AppError } from '../../errors.ts';
import { bridgeFlags, FOR_CHILD, SHIELDED } from '../../model/bridge.ts';
import { expandCommand } from '../../model/program.ts';
import type { RuntimeStep } from '../../model/plan.ts';
import { BRIDGE_FOLDER, type BridgeFiles } from './bridge-files.ts';
import type { ImageProgram } from './image-program.ts';

/** What stands before the program of an image that speaks over standard input and output. */
export interface Bridged {
  readonly version: string;
  readonly volume: string;
  readonly entrypoint: readonly string[];
  /** The program itself, as the image would run it. */
  readonly command: readonly string[];
  /** Of the image: what must not reach the bridge. */
  readonly imageEnv: readonly string[];
}

export interface BridgeParts {
  readonly step: Extract<RuntimeStep, { kind: 'create' }>;
  readonly files: BridgeFiles;
  readonly image: ImageProgram;
  readonly volume: string;
}

/** Pure. Throws PROGRAM_MISSING where neither service nor image says what to run. */
export function toBridged({ step, files, image, volume }: BridgeParts): Bridged {
  const { service, target } = step;
  const { name, spec } = service;
  const own = spec.command && expandCommand(spec.command, spec.port);
  const command = [...image.entrypoint, ...(own ?? image.command)];
  if (command.length === 0)
    throw new AppError('PROGRAM_MISSING', `The image of ${name} does not say what to run.`, {
      hint: 'write it in `command`',
    });
  const entrypoint = [
    ...files.command.map((word) =>
      'path' in word ? `${BRIDGE_FOLDER}/${word.path}` : word.option,
    ),
    '--host',
    '0.0.0.0',
    ...bridgeFlags(service, { instance: target.name, port: spec.port }),
    '--',
  ];
  return { version: files.version, volume, entrypoint, command, imageEnv: image.env };
}

/** Before anything is made. Throws RUNTIME_UNSUPPORTED where the bridge cannot run in that image. */
export function requireArchitecture(
  { service: { name, spec } }: Pick<BridgeParts['step'], 'service'>,
  { architecture: own }: Pick<BridgeFiles, 'architecture'>,
  { architecture }: Pick<ImageProgram, 'architecture'>,
): void {
  if (architecture === '' || architecture === own) return;
  throw new AppError(
    'RUNTIME_UNSUPPORTED',
    `The image ${spec.image} of ${name} is made for ${architecture}, and the bridge that serves it is Node for ${own}.`,
    {
      hint: `use an image for ${own}, or run the manager on a machine with ${architecture}`,
    },
  );
}

/** Puts such variables where only the bridge finds them for its server (docs/bridge.md). */
export function shieldVariables(own: readonly string[], ofImage: readonly string[]): string[] {
  const given = [...ofImage, ...own];
  const shielded = SHIELDED.flatMap((name) => {
    const line = given.findLast((one) => one.startsWith(`${name}=`));
    return line === undefined ? [] : [`${name}=`, `${FOR_CHILD}${line}`];
  });
  return [...own.filter((line) => !isShielded(line)), ...shielded];
}

function isShielded(line: string): boolean {
  return SHIELDED.some((name) => line.startsWith(`${name}=`));
}

/** The name that a variable of a container has for its program. */
export function unshieldedName(name: string): string {
  return name.startsWith(FOR_CHILD) ? name.slice(FOR_CHILD.length) : name;
}
