import type { WriteConditions } from './declaration.ts';
import type { Problem } from './problem.ts';

/** A template file as a list shows it. */
export interface TemplateEntry {
  readonly name: string;
  /** Relative to the templates folder. */
  readonly file: string;
  readonly description?: string;
  readonly etag: string;
  /** What is wrong with it; then no service can use it. */
  readonly problems: readonly Problem[];
}

/** A template as it is written, as JSON. */
export interface WrittenTemplate extends TemplateEntry {
  readonly text: string;
}

export interface TemplateWrite extends WriteConditions {
  readonly name: string;
  /** Of the whole file; absent: it goes. */
  readonly text?: string;
}

export interface TemplateResult {
  readonly kind: 'created' | 'changed' | 'unchanged' | 'deleted';
  /** Absent where it was removed. */
  readonly template?: WrittenTemplate;
}

export interface RenderRequest {
  readonly name: string;
  /** Values of its parameters. */
  readonly with: Readonly<Record<string, unknown>>;
  /** Whose overlay counts; the default one when absent. */
  readonly runtime?: string;
}

/** The fields that a service has from a template, before its own. */
export interface RenderedTemplate {
  readonly name: string;
  readonly runtime: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Variables that a service must give a value. */
  readonly requiredEnv: readonly string[];
}
