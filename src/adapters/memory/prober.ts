import { surfaceDigest } from '../../model/tool-lock.ts';
import { surfaceOf, type ToolDefinition } from '../../model/tool-surface.ts';
import type { CheckResult, ProbeTarget } from '../../model/verification.ts';
import type { Prober } from '../../ports.ts';

const ECHO: ToolDefinition = { name: 'echo', inputSchema: { type: 'object' } };

const VERIFIED = withTools([ECHO]);

/** What a check finds of a server with these tools. */
export function withTools(
  tools: readonly ToolDefinition[],
): CheckResult & { readonly outcome: 'verified' } {
  const surface = surfaceOf(tools);
  const toolsHash = surfaceDigest(surface);
  return { outcome: 'verified', era: 'modern', tools: Object.keys(surface), surface, toolsHash };
}

export interface MemoryProber extends Prober {
  /** From now on checks of this service, or release, end like this; undefined: verified again. */
  answer(of: string, result: CheckResult | undefined): void;
  /** From now on the observer's own check ends like this. */
  setControl(well: boolean): void;
  readonly checks: readonly { readonly kind: 'verify' | 'probe'; readonly service: string }[];
}

/** Finds every instance well unless told otherwise: for tests and simulation. */
export function createMemoryProber(): MemoryProber {
  const answers = new Map<string, CheckResult>();
  const checks: { kind: 'verify' | 'probe'; service: string }[] = [];
  let well = true;
  const check = (
    kind: 'verify' | 'probe',
    { service, release }: ProbeTarget,
  ): Promise<CheckResult> => {
    checks.push({ kind, service });
    return Promise.resolve(answers.get(release) ?? answers.get(service) ?? VERIFIED);
  };
  return {
    checks,
    answer(of, result) {
      if (result) answers.set(of, result);
      else answers.delete(of);
    },
    setControl(value) {
      well = value;
    },
    verify: (target) => check('verify', target),
    probe: (target) => check('probe', target),
    openCalls: () => Promise.resolve(undefined),
    listTools: () => Promise.resolve([ECHO]),
    callTool: (_target, { name }) =>
      Promise.resolve({ isError: false, text: name, content: [{ type: 'text', text: name }] }),
    control: () => Promise.resolve(well),
    close: () => Promise.resolve(),
  };
}
