import type { FieldValues } from './fields.ts';
import { redactCommand, redactLabels } from '../model/redact.ts';
import { redact } from './redacted.ts';
import { isRecord, toRecord, type UnknownRecord } from '../model/record.ts';
import { toText, toTexts } from './value-text.ts';

/** `Template` of wire.md §3: the template as its file says it, in the platform's own spelling. */
export interface TemplateBody {
  readonly name: string;
  readonly description?: string;
  readonly image?: string;
  readonly port?: number;
  /** Secret values are `[REDACTED]`. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly volumes?: readonly TemplateVolume[];
  readonly memory_limit?: string;
  readonly cpu_limit?: string;
}

export interface TemplateVolume {
  readonly source: string;
  readonly destination: string;
  readonly read_only: boolean;
}

/** The text of `<name>.json`, in any of its spellings; undefined for what is no template. */
export function toTemplate(name: string, text: string): TemplateBody | undefined {
  const written = parse(text);
  if (!written) return undefined;
  const fields = { ...toRecord(written['default_config']), ...written };
  const { description, image, port, command, memory_limit: memory, cpu_limit: cpu } = fields;
  const environment = redact(toValues(namesIn(fields, ['environment', 'env'])));
  const labels = redactLabels(toTexts(namesIn(fields, ['labels'])));
  const limits = toRecord(fields['resources']);
  const volumes = toVolumes(fields['volumes']);
  return {
    name,
    ...(typeof description === 'string' && { description }),
    ...(typeof image === 'string' && { image }),
    ...(typeof port === 'number' && { port }),
    ...(Object.keys(environment).length > 0 && { environment }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Array.isArray(command) && { command: redactCommand(command.map(toText)) }),
    ...(volumes.length > 0 && { volumes }),
    ...toAmount('memory_limit', limits['memory'] ?? memory),
    ...toAmount('cpu_limit', limits['cpu'] ?? cpu),
  };
}

function parse(text: string): UnknownRecord | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function namesIn(fields: UnknownRecord, names: readonly string[]): UnknownRecord {
  return Object.assign({}, ...names.map((name) => toRecord(fields[name])));
}

/** A map is a reference, of which nothing is shown. */
function toValues(written: UnknownRecord): FieldValues {
  return Object.fromEntries(
    Object.entries(written).map(([name, value]) => [
      name,
      isRecord(value) ? { secret: '' } : toText(value),
    ]),
  );
}

function toAmount(name: 'memory_limit' | 'cpu_limit', value: unknown) {
  return typeof value === 'string' || typeof value === 'number' ? { [name]: String(value) } : {};
}

/** A list, or a map from source to destination. */
function toVolumes(volumes: unknown): readonly TemplateVolume[] {
  if (!Array.isArray(volumes)) {
    return Object.entries(toRecord(volumes)).map(([source, destination]) => ({
      source,
      destination: toText(destination),
      read_only: false,
    }));
  }
  return volumes.map(toRecord).map((volume) => ({
    source: toText(volume['source'] ?? volume['name'] ?? ''),
    destination: toText(volume['destination'] ?? ''),
    read_only: (volume['read_only'] ?? volume['readOnly']) === true,
  }));
}
