import { openEngine } from '../../src/adapters/podman/engine.ts';
import { createImages, type Images } from '../../src/adapters/podman/images.ts';
import type { PullerOptions } from '../../src/adapters/podman/puller.ts';
import type { Image } from '../../src/model/image.ts';
import type { Log } from '../../src/ports.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { onTestFinished } from 'vitest';

/** The images of an engine, as a runtime would use them, in fewer words. */
export interface OpenedImages {
  readonly images: Images;
  /** Everything that was written to the log, in order. */
  readonly logged: readonly (readonly [fields: object, message: string])[];
  pull(image: string, policy: DesiredService['pull'], signal?: AbortSignal): Promise<void>;
  meaning(reference: string): Promise<Image | undefined>;
}

/** Opens them; the connection ends with the test. By default nobody has logged in anywhere. */
export function openImages(
  { socket }: { readonly socket: string },
  options: Partial<PullerOptions> = {},
): OpenedImages {
  const logged: (readonly [object, string])[] = [];
  const note = (fields: object, message: string): void => void logged.push([fields, message]);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const engine = openEngine({ socket });
  onTestFinished(() => engine.close());
  const logins = { environment: {}, authFile: '/nowhere/auth.json' };
  const images = createImages({ engine, log, clock: Date.now, logins, ...options });
  const never = new AbortController().signal;
  return {
    images,
    logged,
    pull: (image, policy, signal = never) => images.pull({ kind: 'pull', image, policy }, signal),
    meaning: async (reference) => (await images.lookUp([reference], never)).get(reference),
  };
}
