import type { Resources, Volume } from './service.ts';

/**
 * A container that is not ours, as far as a document could say the same. Its values are in clear: it
 * never leaves the process that looked.
 */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  /** It runs, and is not paused. */
  readonly running: boolean;
  /** The manager whose labels it carries. */
  readonly owner?: string;
  /** Its labels are ours and say its own name. */
  readonly ours: boolean;
  readonly image: string;
  /** Its arguments, where they are not the image's own. */
  readonly command?: readonly string[];
  /** What it was given beyond what the image and the engine give, in clear. */
  readonly env: Readonly<Record<string, string>>;
  /** A number where it could be found out: `0` is root, also where nothing was said. */
  readonly user: string;
  /** TCP ports inside it that it declares or publishes, lowest first. */
  readonly ports: readonly number[];
  readonly volumes: readonly Volume[];
  /** Only limits that are set. */
  readonly resources: Partial<Resources>;
  readonly egress: 'all' | 'none';
  /** What it has and no document may ask for, in words: `it is privileged`. */
  readonly forbidden: readonly string[];
  /** What it has and an instance of ours would not have, in words. */
  readonly lost: readonly string[];
}
