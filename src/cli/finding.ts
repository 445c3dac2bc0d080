/**
 * One thing that was looked at. A `fault` stops services from running; a `note` is worth knowing. `why`
 * says what that leads to or comes from, `mend` the way out.
 */
export interface Finding {
  readonly topic: string;
  readonly verdict: 'good' | 'note' | 'fault';
  readonly words: string;
  readonly why?: string;
  readonly mend?: string;
}

/** The command that installs packages; by Debian's names, which others have alike. */
export function install(...packages: readonly string[]): string {
  return `as root: apt-get install ${packages.join(' ')}`;
}
