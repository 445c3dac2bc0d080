import { pino, stdTimeFunctions, type DestinationStream } from 'pino';
import type { Log } from './ports.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'json' | 'text';
  /** Takes one line with its line end. */
  readonly write: (line: string) => void;
}

/** Fields that never leave the process, wherever a caller may put them by mistake. */
const REDACTED = ['env', 'password', 'token', 'secret', 'authorization', 'headers.authorization'];

/** A leveled log: one JSON object a line, or one line of text for people. */
export function createLog({ level, format, write }: LogOptions): Log {
  const destination: DestinationStream = {
    write: format === 'json' ? write : (line) => write(formatLine(line)),
  };
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: toLoggable },
      redact: [...REDACTED, ...REDACTED.map((field) => `*.${field}`)],
    },
    destination,
  );
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** An error of our own says in its code what it is; of any other the stack is the only trace. */
function toLoggable(error: unknown): unknown {
  return error instanceof Error && !('code' in error) ? error.stack : error;
}

/** `10:31:05 WARN  message key=value`: from the JSON, so that both forms carry the same facts. */
function formatLine(line: string): string {
  const { time, level, message, ...fields }: Record<string, unknown> = JSON.parse(line);
  const clock = String(time).slice(11, 19);
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${formatValue(value)}`);
  return `${clock} ${String(level).toUpperCase().padEnd(5)} ${String(message)}${rest.join('')}\n`;
}

function formatValue(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
