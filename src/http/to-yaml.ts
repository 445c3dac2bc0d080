/** A JSON value as YAML 1.2 in blocks; texts stay in quotes, so that nothing can be read as something else. */
export function toYaml(value: unknown): string {
  return `${toBlock(value, '').trimStart()}\n`;
}

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;
/** Words that some readers take for something else than text. */
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function toBlock(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return ` ${JSON.stringify(value)}`;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []';
    return value.map((item) => `\n${indent}-${toItem(item, inner)}`).join('');
  }
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  if (entries.length === 0) return ' {}';
  return entries.map(([key, one]) => `\n${indent}${toKey(key)}:${toBlock(one, inner)}`).join('');
}

/** The first line of a block stands beside the dash. */
function toItem(item: unknown, indent: string): string {
  return toBlock(item, indent).replace(/^\n */, ' ');
}

function toKey(key: string): string {
  return PLAIN_KEY.test(key) && !NO_TEXT.test(key) ? key : JSON.stringify(key);
}
