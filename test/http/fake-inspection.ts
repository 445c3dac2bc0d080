import type { Control, Inspection, ServiceDetail } from '../../src/control.ts';
import type { AppOptions } from '../../src/http/app.ts';
import { someStatus } from './fake-control.ts';

/** An Inspection that shows these services; any method can be replaced. */
export function createFakeInspection(
  details: readonly ServiceDetail[] = [someDetail('echo')],
  replaced: Partial<Inspection> = {},
): Inspection {
  return {
    details: () => details,
    settled: async () => {},
    checkNow: async (service) =>
      details.find(({ status }) => status.name === service) ?? someDetail(service),
    image: async (image) => ({ image, exists: true, canPull: true, sizeBytes: 1234 }),
    templates: async () => [{ file: 'plain.json', text: '{"image":"plain:1"}' }],
    ...replaced,
  };
}

function someDetail(name: string, overrides: Partial<ServiceDetail> = {}): ServiceDetail {
  return { status: someStatus(name), containerIds: [], ...overrides };
}

/** What a Control says of its services, without anything more. */
export async function toDetails({ status }: Control): Promise<readonly ServiceDetail[]> {
  const { services } = await status();
  return services.map((one) => ({ status: one, containerIds: [] }));
}

/** What an app needs for the routes of the platform. */
export function fakePlatform(
  details?: readonly ServiceDetail[],
  replaced?: Partial<Inspection>,
): NonNullable<AppOptions['platform']> {
  return { inspection: createFakeInspection(details, replaced), startupMs: 1_000, limit: {} };
}
