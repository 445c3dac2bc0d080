import type { Scene } from './scene.ts';

/** What an image runs, and on which processors. */
export interface ImageProgram {
  /** As images name it: `amd64`; empty where the image does not say. */
  readonly architecture: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: readonly string[];
}

/** Asks for one image by its id or name. Throws EngineError with status 404 when it is gone. */
export async function readImageProgram(
  { engine, signal }: Scene,
  image: string,
): Promise<ImageProgram> {
  const call = { signal, what: `look at the image ${image}`, urgency: 'look' } as const;
  const answer = await engine.libpod(call, { method: 'GET', path: `/images/${image}/json` });
  const { Architecture: architecture = '', Config: config } = isInspected(answer) ? answer : {};
  return {
    architecture,
    entrypoint: config?.Entrypoint ?? [],
    command: config?.Cmd ?? [],
    env: config?.Env ?? [],
  };
}

/** Of Podman's ImageData as far as it is read here. */
interface InspectedImage {
  readonly Architecture?: string;
  readonly Config?: {
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Env?: readonly string[] | null;
  } | null;
}

function isInspected(value: unknown): value is InspectedImage {
  return typeof value === 'object' && value !== null;
}
