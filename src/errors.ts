import type { Problem } from './model/problem.ts';

/** How the planner treats a failure that carries the code (design: retry, terminal, infrastructure). */
export type ErrorTreatment = 'retry' | 'terminal' | 'infrastructure';

/** Every code that an outside failure can carry, and how it is treated. One heading each in docs/errors.md. */
export const ERROR_CODES = {
  CONFIG_INVALID: 'terminal',
  DOCUMENTS_UNREADABLE: 'infrastructure',
  DOCUMENT_CHANGED: 'retry',
  DOCUMENT_NOT_OURS: 'terminal',
  DOCUMENT_INVALID: 'terminal',
  DECLARED_ELSEWHERE: 'terminal',
  PRECONDITION_FAILED: 'terminal',
  LIMIT_REACHED: 'terminal',
  STATE_UNWRITABLE: 'infrastructure',
  STATE_NEWER: 'terminal',
  LEASE_HELD: 'infrastructure',
  MANAGER_UNREACHABLE: 'infrastructure',
  MANAGER_ID_MISSING: 'terminal',
  RUNTIME_UNAVAILABLE: 'infrastructure',
  RUNTIME_UNSUPPORTED: 'terminal',
  ENGINE_UNAVAILABLE: 'infrastructure',
  ENGINE_FAILED: 'retry',
  PROGRAM_MISSING: 'terminal',
  PROGRAM_FAILED: 'retry',
  NAME_TAKEN: 'retry',
  IMAGE_MISSING: 'terminal',
  IMAGE_UNAUTHORIZED: 'terminal',
  REGISTRY_UNAVAILABLE: 'infrastructure',
  STORAGE_FULL: 'infrastructure',
  SECRET_MISSING: 'retry',
  SECRET_REFUSED: 'terminal',
  SECRETS_UNAVAILABLE: 'infrastructure',
  MCP_FAILED: 'retry',
  ROUTER_UNAVAILABLE: 'infrastructure',
  ROUTER_PORT_TAKEN: 'infrastructure',
  ROUTE_REFUSED: 'terminal',
  BROKER_UNAVAILABLE: 'infrastructure',
  API_PORT_TAKEN: 'infrastructure',
  AUTH_UNAVAILABLE: 'infrastructure',
  UNAUTHENTICATED: 'terminal',
  FORBIDDEN: 'terminal',
  HOST_REFUSED: 'terminal',
  TOO_MANY_REQUESTS: 'retry',
  SERVICE_UNKNOWN: 'terminal',
  TOOL_UNKNOWN: 'terminal',
  IDEMPOTENCY_KEY_REUSED: 'terminal',
  IDEMPOTENCY_IN_FLIGHT: 'retry',
  TEMPLATE_NOT_FOUND: 'terminal',
  PLAN_UNKNOWN: 'terminal',
  PLAN_STALE: 'terminal',
  PLAN_INVALID: 'terminal',
  TOO_MANY_PLANS: 'retry',
  NOT_SUPPORTED: 'terminal',
  REFUSED: 'terminal',
  TIMED_OUT: 'retry',
} as const satisfies Record<string, ErrorTreatment>;

export type ErrorCode = keyof typeof ERROR_CODES;

interface ErrorOptions {
  readonly cause?: unknown;
  readonly hint?: string;
  readonly problems?: readonly Problem[];
}

/** Something outside failed, or a command cannot be done. `hint` says the way out. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** Mistakes in documents that it is about. */
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint;
    this.problems = options.problems ?? [];
  }
}

/** The message and way out of an AppError, or the bare message of anything else: never a stack. */
export function formatError(error: unknown): string {
  if (!(error instanceof AppError)) return error instanceof Error ? error.message : String(error);
  return `${error.code} ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
}
