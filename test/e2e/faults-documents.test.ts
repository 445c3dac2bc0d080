import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, tiny, toDocument } from '../helpers/manager.ts';

// What people do to documents and templates. After each test all is as it was before.
const place = createWorkplace(afterAll);
const templates = join(place.folder, 'templates');
const GOOD = readyDocument();
const TEMPLATE = JSON.stringify({ name: 'mine', ...tiny() });
const ALL_RUN = { one: 'Running', two: 'Running', made: 'Running' };
let manager: ManagerProcess;

beforeAll(async () => {
  mkdirSync(templates);
  writeFileSync(join(templates, 'mine.json'), TEMPLATE);
  place.environment['TEMPLATES_DIR'] = templates;
  place.write('good.yaml', GOOD);
  place.declare('made.yaml', { made: { template: 'mine' } });
  manager = await place.run();
  await manager.until(ALL_RUN);
});

test.each([
  ['is no YAML any more', `${GOOD}  oops\n`, /good\.yaml:5:3 YAML_SYNTAX /],
  [
    'has an unknown key',
    GOOD.replace('"env"', '"envs"'),
    /good\.yaml:4:\d+ KEY_UNKNOWN .*did you mean "env"/,
  ],
])(
  'a file that %s stops nothing, is told with its place, and clears when mended',
  async (_what, broken, words) => {
    await breakAndMend({
      words,
      damage: () => place.write('good.yaml', broken),
      mend: () => place.write('good.yaml', GOOD),
    });
  },
);

test('a file that cannot be read stops nothing', async () => {
  await breakAndMend({
    words: /good\.yaml DOCUMENT_UNREADABLE a folder/,
    damage: () => {
      rmSync(place.path('good.yaml'));
      mkdirSync(place.path('good.yaml'));
      // No watch tells that a file became a folder in one stroke: the next look at anything finds it.
      place.declare('made.yaml', { made: { template: 'mine' } });
    },
    mend: () => {
      rmSync(place.path('good.yaml'), { recursive: true });
      place.write('good.yaml', GOOD);
    },
  });
});

test('a folder of documents that is gone stops nothing, and is seen when it is back', async () => {
  await breakAndMend({
    words: /DOCUMENTS_UNREADABLE /,
    damage: () => renameSync(place.path(''), `${place.path('')}.gone`),
    mend: () => renameSync(`${place.path('')}.gone`, place.path('')),
  });
});

test('a folder of documents that is deleted and made anew is watched again', async () => {
  const made = readFileSync(place.path('made.yaml'), 'utf8');
  await breakAndMend({
    words: /DOCUMENTS_UNREADABLE /,
    damage: () => rmSync(place.path(''), { recursive: true }),
    mend: () => {
      mkdirSync(place.path(''));
      place.write('made.yaml', made);
      place.write('good.yaml', GOOD);
    },
  });
  place.declare('new.yaml', { new: tiny() });
  await manager.until({ new: 'Running' }, 5_000);
  rmSync(place.path('new.yaml'));
  await eventually(async () => expect(await shownNames()).not.toContain('new'));
});

test('a template that is missing stops nothing', async () => {
  await breakAndMend({
    words: /made\.yaml:3:\d+ TEMPLATE_UNKNOWN /,
    damage: () => rmSync(join(templates, 'mine.json')),
    mend: () => writeFileSync(join(templates, 'mine.json'), TEMPLATE),
  });
});

test('a template that is no JSON stops nothing, and its own place is told', async () => {
  await breakAndMend({
    words: /mine\.json:1:\d+ TEMPLATE_SYNTAX /,
    damage: () => writeFileSync(join(templates, 'mine.json'), '{"name": "mine",'),
    mend: () => writeFileSync(join(templates, 'mine.json'), TEMPLATE),
  });
});

test('one name in two files is told with both places and freezes that service alone', async () => {
  const twice = toDocument({ two: tiny(['deaf']) });
  await breakAndMend({
    words: /DUPLICATE_NAME .*two/,
    damage: () => place.write('twice.yaml', twice),
    mend: () => rmSync(place.path('twice.yaml')),
    meanwhile: async () => {
      await manager.until({ one: 'Running', two: 'Frozen', made: 'Running' });
      const { stdout } = await place.cli('status');
      expect(stdout).toContain('good.yaml:4');
      expect(stdout).toContain('twice.yaml:3');
    },
  });
});

test('a slug that two services want is told, and its URL stays with whom it was', async () => {
  await breakAndMend({
    words: /SLUG_TAKEN .*one/,
    damage: () => place.declare('slug.yaml', { other: tiny([], { slug: 'one' }) }),
    mend: () => rmSync(place.path('slug.yaml')),
    meanwhile: () => manager.until({ one: 'Running', other: 'Frozen' }),
  });
});

interface Fault {
  /** What status says of it. */
  readonly words: RegExp;
  readonly damage: () => void;
  readonly mend: () => void;
  readonly meanwhile?: () => Promise<void>;
}

/** Breaks something: it is told, as an event too, and nothing stops; mends it: it is told no more. */
async function breakAndMend({ words, damage, mend, meanwhile }: Fault): Promise<void> {
  let mended = false;
  const mendOnce = (): void => {
    if (!mended) mend();
    mended = true;
  };
  onTestFinished(mendOnce);
  const pids = await readPids();
  const began = new Date().toISOString();
  damage();
  await eventually(async () => expect((await place.cli('status')).stdout).toMatch(words));
  expect(await readPids()).toEqual(pids);
  await meanwhile?.();
  mendOnce();
  await eventually(async () => expect((await manager.control.status()).problems).toEqual([]));
  await manager.until(ALL_RUN);
  expect(await readPids()).toEqual(pids);
  expect(await typesSince(began)).toEqual(
    expect.arrayContaining(['io.mcpmanager.problem.found', 'io.mcpmanager.problem.cleared']),
  );
}

async function typesSince(since: string): Promise<readonly string[]> {
  const events = manager.control.events({ since, follow: false }, AbortSignal.timeout(5_000));
  const types: string[] = [];
  for await (const { type } of events) types.push(type);
  return types;
}

/** What answers at each URL: a restart or a change would show. */
async function readPids(): Promise<Readonly<Record<string, string>>> {
  const entries = Object.keys(ALL_RUN).map(
    async (name) => [name, await askTool(await urlOf(name), 'pid')] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function urlOf(name: string): Promise<string> {
  const { services } = await manager.control.status();
  return services.find((service) => service.name === name)?.url ?? 'unknown';
}

async function shownNames(): Promise<readonly string[]> {
  return (await manager.control.status()).services.map(({ name }) => name);
}

function readyDocument(): string {
  return toDocument({ one: tiny(), two: tiny([], { env: { GREETING: 'two' } }) });
}
