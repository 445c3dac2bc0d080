/** How many services there may be. */
export interface ServiceLimit {
  /** Absent: no limit for documents of people, and 50 services of REST and core. */
  readonly most?: number;
  /** In one workspace of the platform; absent: no limit of its own. */
  readonly mostPerWorkspace?: number;
}

/** As the platform's original has it. */
const MOST_OF_PROGRAMS = 50;

interface Counted {
  readonly origin: string;
}

/** What counts towards the limit, and how many that may be. */
export function countServices(
  { most }: ServiceLimit,
  services: readonly Counted[],
): { readonly running: number; readonly most: number } {
  if (most !== undefined) return { running: services.length, most };
  const ofPrograms = services.filter(({ origin }) => origin !== 'file');
  return { running: ofPrograms.length, most: MOST_OF_PROGRAMS };
}
