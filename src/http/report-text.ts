import type { StatusReport } from '../control.ts';
import type { ServiceStatus } from '../model/status.ts';

/**
 * Writes reports as JSON. Each status, and each list of them, is turned into text once, however often it is
 * asked for: of a thousand services that is most of an answer's cost. No text is held longer than what it says.
 */
export function createReportWriter(): (report: StatusReport) => string {
  const textOf = remember((status: ServiceStatus) => JSON.stringify(status));
  const listOf = remember((all: readonly ServiceStatus[]) => all.map(textOf).join(','));
  return ({ services, problems, leftAlone }) =>
    `{"services":[${listOf(services)}],` +
    `"problems":${JSON.stringify(problems)},"leftAlone":${JSON.stringify(leftAlone)}}`;
}

function remember<Item extends object>(write: (item: Item) => string): (item: Item) => string {
  const texts = new WeakMap<Item, string>();
  return (item) => {
    const text = texts.get(item) ?? write(item);
    texts.set(item, text);
    return text;
  };
}
