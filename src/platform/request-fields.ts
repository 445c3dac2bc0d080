import type { ServiceFields, VolumeField } from './fields.ts';
import { toRecord, type UnknownRecord } from '../model/record.ts';
import { toCommand, toText, toTexts } from './value-text.ts';

/** The members of a body that has its shape, as a document spells them; what is empty or 0 is left out. */
export function toRequestFields(
  body: UnknownRecord,
  limits: Pick<ServiceFields, 'resources'>,
): ServiceFields {
  const { template, image, port, environment, labels, command, volumes, replicas } = body;
  const env = toTexts(toRecord(environment));
  return {
    ...(template ? { template: toText(template) } : {}),
    ...(image ? { image: toText(image) } : {}),
    ...(isFilled(command) && { command: toCommand(command) }),
    ...(hasMembers(labels) && { labels: toTexts(toRecord(labels)) }),
    ...(hasMembers(env) && { env }),
    ...(port ? { port: Number(port) } : {}),
    ...(replicas ? { replicas: Number(replicas) } : {}),
    ...limits,
    ...(isFilled(volumes) && { volumes: volumes.map(toVolume) }),
  };
}

/** What is wrong with the port of a body, where one is said. */
export function findPortMistake({ port }: UnknownRecord): string | undefined {
  const isFine = !port || (Number(port) >= 1 && Number(port) <= 65_535);
  return isFine ? undefined : 'Port must be between 1 and 65535';
}

function isFilled(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function hasMembers(value: unknown): boolean {
  return Object.keys(toRecord(value)).length > 0;
}

function toVolume(volume: unknown): VolumeField {
  const { source, destination, read_only: readOnly } = toRecord(volume);
  return {
    source: toText(source),
    destination: toText(destination),
    ...(readOnly === true && { readOnly }),
  };
}
