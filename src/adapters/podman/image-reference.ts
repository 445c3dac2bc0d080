/** A reference with nothing left to guess: `docker.io/library/nginx:alpine`. */
export interface ImageReference {
  /** `docker.io`, `127.0.0.1:5000`; `localhost` for images that were made on the engine's machine. */
  readonly registry: string;
  /** `library/nginx`. */
  readonly repository: string;
  /** As engines name it: with its digest where it has one, else with its tag. */
  readonly name: string;
  readonly digest?: string;
}

/** Where Podman keeps what it builds, loads or tags without a registry. */
export const LOCAL = 'localhost';
const HUB = 'docker.io';

/** An image itself, not a name for it. */
const ID = /^sha256:[0-9a-f]{64}$/;
const HOST = '[a-zA-Z0-9-]+(?:\\.[a-zA-Z0-9-]+)*|\\[[0-9a-fA-F:]+\\]';
const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
// What stands before the first slash is a registry only when it cannot be a part of a path.
const REFERENCE = new RegExp(
  `^(?:(?=${LOCAL}/|[^/]*[.:])((?:${HOST})(?::\\d+)?)/)?` +
    `(${PART}(?:/${PART})*)(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);

export function isImageId(text: string): boolean {
  return ID.test(text);
}

/**
 * What a reference can mean, first what is looked for first: one without a registry means an image of
 * this machine, else one of docker.io; nobody's short-name tables are asked. Empty: it is no reference.
 */
export function readReference(text: string): readonly ImageReference[] {
  const [, registry, repository = '', tag = 'latest', digest] = REFERENCE.exec(text) ?? [];
  if (repository === '') return [];
  const registries = registry === undefined ? [LOCAL, HUB] : [registry];
  return registries.map((place) => {
    const path = place === HUB && !repository.includes('/') ? `library/${repository}` : repository;
    // Engines take no tag beside a digest, which says more.
    const version = digest === undefined ? `:${tag}` : `@${digest}`;
    return {
      registry: place,
      repository: path,
      name: `${place}/${path}${version}`,
      ...(digest !== undefined && { digest }),
    };
  });
}
