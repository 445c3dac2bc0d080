import type { Action } from '../model/plan-document.ts';

/** The few styles of a plan; all of them in both `styleText` and our own need. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Puts a style on a text, or leaves it as it is where colour was not asked for. */
export type Paint = (style: Style, text: string) => string;

export interface PlanSymbol {
  readonly text: string;
  readonly style: Style;
  readonly meaning: string;
}

/** Terraform's symbol for what happens to a service. */
export function symbolOf(actions: readonly Action[]): PlanSymbol {
  switch (actions.join(' ')) {
    case 'create':
      return { text: '+', style: 'green', meaning: 'create' };
    case 'delete':
      return { text: '-', style: 'red', meaning: 'remove' };
    case 'delete create':
      return { text: '-/+', style: 'yellow', meaning: 'replace: stop the old, then start the new' };
    case 'create delete':
      return { text: '+/-', style: 'yellow', meaning: 'replace: start the new, then stop the old' };
    case 'forget':
    case 'forget delete':
      return { text: '.', style: 'yellow', meaning: 'forget, but leave running' };
    case 'import':
    case 'import delete':
      return { text: '<=', style: 'cyan', meaning: 'import' };
    default:
      return { text: '~', style: 'yellow', meaning: 'update in place' };
  }
}
