import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyRepository } from '../helpers/repository-copy.ts';
import { openShell } from '../helpers/shell.ts';

// The proof that a run of the tests has left nothing behind.

test.each([
  ['a process', 'sleep 60 & left=$!', /process \d+: sleep 60/],
  [
    'a folder',
    'mktemp -d "$TMPDIR/mcp-manager-test-XXXXXX" >/dev/null',
    /temporary .*mcp-manager-test-/,
  ],
  [
    'a port',
    `cd "$TMPDIR" && { node -e 'require("net").createServer().listen(0, "127.0.0.1")' & left=$!; }`,
    /port \d+: process \d+/,
  ],
])('a run finds %s that is left', async (_what, plant, found) => {
  const { code, output } = await watch(`${plant}; LEFT_WITHIN_S=1; find_leftovers`);
  expect(output).toMatch(found);
  expect(code).toBe(1);
});

// What container engines make belongs to the machine: only root can make and remove it.
test.skipIf(process.getuid?.() !== 0).each([
  [
    'a mount',
    'mkdir "$TMPDIR/place" && mount -t tmpfs none "$TMPDIR/place"',
    'umount "$TMPDIR/place"',
    /mount .*\/place/,
  ],
  [
    'an engine',
    `node -e 'require("net").createServer().listen("\\0mcp-manager-subnet-251")' & left=$!
       echo "$TMPDIR/eng-left" >/tmp/mcp-manager-subnet-251`,
    'kill $left; wait $left; rm /tmp/mcp-manager-subnet-251',
    /engine \/tmp\/mcp-manager-subnet-251:.*eng-left/,
  ],
  [
    'a user',
    'useradd --home-dir "$TMPDIR/home" mcp-left-$$',
    'userdel mcp-left-$$',
    /user mcp-left-\d+/,
  ],
  [
    'a network',
    'echo 252 >"$TMPDIR/subnets"; ip link add mcp$$ type bridge; ip addr add 10.252.0.1/24 dev mcp$$',
    'ip link delete mcp$$',
    /network .*10\.252\.0\.1/,
  ],
  [
    'a rule of the firewall',
    'echo 253 >"$TMPDIR/subnets"; iptables -w -N MCP$$; iptables -w -A MCP$$ -d 10.253.0.0/24 -j ACCEPT',
    'iptables -w -F MCP$$; iptables -w -X MCP$$',
    /network -A MCP\d+ -d 10\.253\.0\.0/,
  ],
  [
    'a network namespace',
    'ip netns add mcp$$',
    'ip netns delete mcp$$',
    /network namespace mcp\d+/,
  ],
])('a run finds %s that is left', async (_what, plant, undo, found) => {
  const { code, output } = await watch(
    `undo() { ${undo}; }; ${plant}; LEFT_WITHIN_S=1; find_leftovers; code=$?; undo >/dev/null 2>&1; exit $code`,
  );
  expect(output).toMatch(found);
  expect(code).toBe(1);
});

test('a run finds nothing where nothing is left', async () => {
  expect(await watch('true; find_leftovers')).toEqual({ code: 0, output: '' });
});

/** Runs commands between begin and end of the watch, in a shell of their own. */
async function watch(commands: string) {
  const copy = await copyRepository();
  const script = `root=$PWD; . scripts/environment.sh; . scripts/leftovers.sh; begin_watch
    trap 'kill $left 2>/dev/null; end_watch' EXIT; ${commands}`;
  await writeFile(join(copy.folder, 'watch.sh'), script);
  const { code, output } = await openShell(copy).run('bash watch.sh');
  return { code, output: output.trim() };
}
