import { sayJson, say, type CliCommand, type CliContext } from '../context.ts';
import { FAILED, OK } from '../exit-code.ts';
import { examine, type Finding } from '../examine.ts';

/** Explains what was chosen and why; each fault with the command that mends it. */
export const doctorCommand: CliCommand = {
  define: (command) => command,
  examples: [['doctor', 'exit code 1 when something is missing']],
  async run(context) {
    const findings = await examine(context, context.config());
    if (context.json) sayJson(context, findings);
    else for (const finding of findings) say(context, formatFinding(finding, context));
    return findings.some(({ verdict }) => verdict === 'fault') ? FAILED : OK;
  },
};

function formatFinding({ topic, verdict, words, mend }: Finding, { paint }: CliContext): string {
  const mark = {
    good: paint('green', 'ok   '),
    note: paint('yellow', 'note '),
    fault: paint('red', 'fault'),
  }[verdict];
  const way = mend === undefined ? '' : `\n                    mend: ${mend}`;
  return `${mark} ${topic.padEnd(13)} ${words}${way}`;
}
