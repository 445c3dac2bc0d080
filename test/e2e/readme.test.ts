import { spawnSync } from 'node:child_process';
import { constants, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEngine } from '../helpers/engine.ts';
import { eventually } from '../helpers/eventually.ts';
import { copyForPodman } from '../helpers/podman-copy.ts';
import { openShell } from '../helpers/shell.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';

const README = readFileSync('README.md', 'utf8');

/** Lines that only look: where their promise does not hold yet, it may a moment later. */
const LOOKS = /^(mcp-manager (status|events|history|get|logs)\b|curl -s )/;

/** A bound, not a wish: images are built on the way. */
const WHOLE_README_MS = 300_000;

interface Block {
  readonly commands: string;
  /** Each line is found in the output, in this order. */
  readonly promised: readonly string[];
}

test(
  'every command of the README does what the README promises',
  async () => {
    const engine = await startEngine();
    // It is what `start.sh --podman` starts.
    await engine.kill();
    const copy = await copyForPodman(engine);
    const shell = openShell(copy);
    const blocks = readBlocks(README.replaceAll('7999', String(copy.routerPort)));
    expect(blocks.length).toBeGreaterThan(8);
    for (const { commands, promised } of blocks) {
      const looks = commands
        .replaceAll(/\\\n\s*/g, ' ')
        .split('\n')
        .every((line) => LOOKS.test(line));
      await eventually(
        async () => {
          const { code, output } = await shell.run(commands);
          expect(code, `${commands}\n${output}`).toBe(0);
          expect(missingLine(promised, output), `${commands}\n${output}`).toBeUndefined();
        },
        looks ? 15_000 : 0,
      );
    }
  },
  WHOLE_README_MS,
);

test('the document of the README is valid', async () => {
  const [, document = ''] = /```yaml\n([^]*?)```/.exec(README) ?? [];
  const folder = await createTempFolder();
  await mkdir(join(folder, 'desired'));
  await writeFile(join(folder, 'desired', 'fleet.yaml'), document);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(process.cwd(), 'src/main.ts'), 'validate', '--runtime', 'process'],
    { cwd: folder, encoding: 'utf8', env: { HOME: folder } },
  );
  expect(`${stdout}${stderr}`).toBe('Valid: 3 services.\n');
});

test('the scripts that the README names can be run', () => {
  const named = [...README.matchAll(/\.\/(scripts\/[\w.-]+)/g)].map(([, script = '']) => script);
  expect(named.filter((script) => (statSync(script).mode & constants.X_OK) === 0)).toEqual([]);
});

/** The blocks of commands, each with what the block of text right after it promises. */
function readBlocks(text: string): Block[] {
  return [...text.matchAll(/```sh\n([^]*?)\n```\n(?:\n```text\n([^]*?)\n```)?/g)].map(
    ([, commands = '', promised = '']) => ({
      commands,
      promised: promised.split('\n').filter((line) => line !== ''),
    }),
  );
}

/** The first promised line that does not come after those before it; blanks count as one. */
function missingLine(promised: readonly string[], output: string): string | undefined {
  let rest = toWords(output);
  return promised.find((line) => {
    const at = rest.indexOf(toWords(line));
    if (at >= 0) rest = rest.slice(at + toWords(line).length);
    return at < 0;
  });
}

function toWords(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
