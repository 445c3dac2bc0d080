import type { Pulled, ServiceHistory } from '../model/history.ts';
import type { Image } from '../model/image.ts';
import type { Observation } from '../model/instance.ts';
import type { Request } from '../model/request.ts';
import type { DesiredService } from '../model/service.ts';
import type { Runtime } from '../ports.ts';
import { answerWithin } from './answer-within.ts';

const LOOK_UP_DEADLINE_MS = 5_000;

/** What images are looked up for. */
export interface ImageQuestion {
  /** In scope. */
  readonly services: readonly DesiredService[];
  readonly histories: ReadonlyMap<string, ServiceHistory>;
  readonly requests: readonly Request[];
  readonly observations: ReadonlyMap<string, Observation>;
  readonly deep: boolean;
}

export type Images = ReadonlyMap<string, ReadonlyMap<string, Image>>;

/**
 * What the references of those services mean whose images may move, and what their instances run. It
 * is asked on a close look and after each pull; in between the last answer holds, so that a pass with
 * nothing to do asks nothing. Where a runtime does not answer, nothing new is known.
 */
export function createImageLookup(
  runtimes: ReadonlyMap<string, Runtime>,
): (question: ImageQuestion, signal: AbortSignal) => Promise<Images> {
  const known = new Map<string, Answers>();
  /** By service: after which pull it was asked for last. */
  const askedAfter = new Map<string, Pulled | undefined>();

  /** What was found is told, too: of two looks at once the later one may have written before. */
  async function ask(
    name: string,
    wanted: readonly Wanted[],
    signal: AbortSignal,
  ): Promise<readonly [string, Answers]> {
    const references = [...new Set(wanted.flatMap((one) => one.references))];
    const found = await askRuntime(runtimes.get(name), references, signal);
    if (!found) return [name, new Map()];
    const answers = new Map(references.map((reference) => [reference, found.get(reference)]));
    known.set(name, new Map([...(known.get(name) ?? []), ...answers]));
    for (const { service, pulled } of wanted) askedAfter.set(service, pulled);
    return [name, answers];
  }

  function isKnown({ service, runtime, references, pulled }: Wanted): boolean {
    const answers = known.get(runtime);
    return (
      askedAfter.has(service) &&
      askedAfter.get(service) === pulled &&
      references.every((reference) => answers?.has(reference))
    );
  }

  return async (question, signal) => {
    // A close look is at everything: what nobody asks for any more is forgotten.
    if (question.deep) askedAfter.clear();
    if (question.deep) known.clear();
    const wanted = question.services.flatMap((service) => wantedOf(service, question));
    const news = wanted.filter((one) => !isKnown(one));
    const byRuntime = Map.groupBy(news, ({ runtime }) => runtime);
    const asked = [...byRuntime].map(([name, ones]) => ask(name, ones, signal));
    const fresh = new Map(await Promise.all(asked));
    return toImages(wanted, (runtime) => [
      ...(known.get(runtime) ?? []),
      ...(fresh.get(runtime) ?? []),
    ]);
  };
}

/** By reference; undefined: it is not there. */
type Answers = ReadonlyMap<string, Image | undefined>;

interface Wanted {
  readonly service: string;
  readonly runtime: string;
  readonly references: readonly string[];
  readonly pulled: Pulled | undefined;
}

function wantedOf(service: DesiredService, question: ImageQuestion): readonly Wanted[] {
  const { name, runtime, spec, pull } = service;
  const { requests, histories, observations } = question;
  const asked = requests.some((one) => one.kind === 'update' && one.service === name);
  if (spec.image === undefined || (pull !== 'always' && !asked)) return [];
  const { releases = [], pulled } = histories.get(name) ?? {};
  const seen = observations.get(runtime);
  if (!seen?.ok) return [];
  const running = seen.instances
    .filter((instance) => instance.service === name)
    .flatMap(({ imageId }) => imageId ?? []);
  const good = releases[0]?.imageId;
  const references = [spec.image, ...running, ...(good === undefined ? [] : [good])];
  return [{ service: name, runtime, references, pulled }];
}

function askRuntime(
  runtime: Runtime | undefined,
  references: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Image> | undefined> {
  const patience = { withinMs: LOOK_UP_DEADLINE_MS, signal, late: undefined };
  return answerWithin(patience, async (deadline) => runtime?.images(references, deadline)).catch(
    () => undefined,
  );
}

/** Each image by its reference, and by its id. */
function toImages(
  wanted: readonly Wanted[],
  answersOf: (runtime: string) => Iterable<readonly [string, Image | undefined]>,
): Images {
  const byRuntime = Map.groupBy(wanted, ({ runtime }) => runtime);
  return new Map(
    [...byRuntime].map(([runtime, ones]) => {
      const answers = new Map(answersOf(runtime));
      const found = ones.flatMap(({ references }) =>
        references.flatMap((reference) => {
          const image = answers.get(reference);
          return image
            ? ([
                [reference, image],
                [image.id, image],
              ] as const)
            : [];
        }),
      );
      return [runtime, new Map(found)];
    }),
  );
}
