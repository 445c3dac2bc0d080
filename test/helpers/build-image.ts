import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from './engine.ts';

export interface ImageSources {
  /** Lines of its Dockerfile; nothing can be run in it, for there is no network. */
  readonly dockerfile: readonly string[];
  /** What may be copied, by the name that the Dockerfile uses: a file or folder of this machine. */
  readonly files: Readonly<Record<string, string>>;
  /** `arm64`; default: that of this machine. */
  readonly architecture?: string;
}

/** Builds an image in an engine from what is on this machine; answers its id. */
export async function buildImage(
  { podman }: Engine,
  name: string,
  { dockerfile, files, architecture }: ImageSources,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-manager-image-'));
  try {
    for (const [target, source] of Object.entries(files))
      await cp(source, join(folder, target), { recursive: true });
    await writeFile(join(folder, 'Dockerfile'), `${dockerfile.join('\n')}\n`);
    const kind = architecture === undefined ? [] : ['--arch', architecture];
    await podman('build', '--quiet', '--pull=never', ...kind, '--tag', name, folder);
    return await podman('image', 'inspect', '--format', '{{.Id}}', name);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
