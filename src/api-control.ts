import type { Control } from './control.ts';
import type { PlanDocument } from './model/plan-document.ts';
import type {
  RenderedTemplate,
  RenderRequest,
  TemplateEntry,
  TemplateResult,
  TemplateWrite,
  WrittenTemplate,
} from './model/template.ts';

/** What the API asks beside: no command does. */
export interface ApiControl extends Control {
  /** What differs of one service, by a fresh look at that alone. */
  drift(service: string): Promise<PlanDocument['drift']>;
  /** By name; those whose files cannot be read are among the problems. */
  templates(): Promise<readonly TemplateEntry[]>;
  /** Throws TEMPLATE_NOT_FOUND. */
  template(name: string): Promise<WrittenTemplate>;
  /**
   * Writes a template, or removes it, and wakes the loop; or does nothing at all. Idempotent. Throws
   * TEMPLATE_NOT_FOUND, PRECONDITION_FAILED, DOCUMENT_INVALID with its mistakes, REFUSED with those that
   * services would have, DOCUMENT_CHANGED where somebody else was faster, STATE_UNWRITABLE.
   */
  writeTemplate(write: TemplateWrite): Promise<TemplateResult>;
  /** What a service has from a template. Throws TEMPLATE_NOT_FOUND, DOCUMENT_INVALID. */
  renderTemplate(request: RenderRequest): Promise<RenderedTemplate>;
}
