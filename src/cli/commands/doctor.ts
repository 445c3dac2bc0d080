import { sayJson, say, type CliCommand, type CliContext } from '../context.ts';
import { FAILED, OK } from '../exit-code.ts';
import { examine } from '../examine.ts';
import type { Finding } from '../finding.ts';

/** Explains what was chosen and why; each fault with the command that mends it. */
export const doctorCommand: CliCommand = {
  worksHere: { why: 'it looks at this machine', variable: 'ignored' },
  define: (command) => command,
  examples: [
    ['doctor', 'exit code 1 when something keeps services from running'],
    ['doctor --json', 'the same for programs: topic, verdict, words, why, mend'],
  ],
  async run(context) {
    const findings = await examine(context, context.config());
    if (context.json) sayJson(context, findings);
    else for (const finding of findings) say(context, formatFinding(finding, context));
    return findings.some(({ verdict }) => verdict === 'fault') ? FAILED : OK;
  },
};

const INDENT = ' '.repeat(20);

function formatFinding(
  { topic, verdict, words, why, mend }: Finding,
  { paint }: CliContext,
): string {
  const mark = {
    good: paint('green', 'ok   '),
    note: paint('yellow', 'note '),
    fault: paint('red', 'fault'),
  }[verdict];
  const below = [why && `why:  ${why}`, mend && `mend: ${mend}`].filter(Boolean);
  const lines = [
    `${mark} ${topic.padEnd(13)} ${words}`,
    ...below.map((line) => `${INDENT}${line}`),
  ];
  return lines.join('\n');
}
