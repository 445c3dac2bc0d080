import { settled } from '../helpers/plan-input.ts';
import { echo, exited, old, says, serves } from '../helpers/plan-table.ts';
import { START_MS } from '../helpers/services.ts';

const CAUSE = 'crashed: exit code 137, killed: by hand, or at its memory limit of 256Mi';

says('A container that was killed', [
  [
    'may have been at its memory limit, which not every engine tells',
    {
      services: [echo],
      ...settled(old),
      instances: [{ ...exited(old), exit: { code: 137, signal: null, atMs: START_MS } }],
    },
    [`drift runtime OLD: running -> ${CAUSE}`, `start OLD (${CAUSE})`, ...serves('OLD')],
  ],
]);
