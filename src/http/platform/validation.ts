import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ImageDetail } from '../../control.ts';
import { AppError } from '../../errors.ts';
import type { DeclareRequest } from '../../model/declaration.ts';
import { countServices } from '../../model/service-limit.ts';
import { readCreateInstance } from '../../platform/create-instance.ts';
import type { FieldsReading } from '../../platform/fields.ts';
import { serviceNameOf } from '../../platform/names.ts';
import type { Named } from '../../platform/read-json-spec.ts';
import { isRecord, toRecord } from '../../model/record.ts';
import { readValidateContainer } from '../../platform/validate-container.ts';
import { toValidation, type ValidationBody } from '../../platform/validation-body.ts';
import { about } from './about.ts';
import { validateContainerBody, validateInstanceBody } from './body-schemas.ts';
import { invalidRequest } from './refusal.ts';
import { validationSchema } from './schemas.ts';
import type { PlatformOptions } from './write.ts';

/** Core waits 5 s for the verdict. */
const ASK_IMAGE_MS = 3_000;

const OF_CONTAINER = about({
  operationId: 'validateContainer',
  summary: 'The verdict on a json_spec; nothing is written or pulled',
  body: validateContainerBody,
  answers: { 200: validationSchema },
  errors: [413],
  failure: 'validation_failed',
});

const OF_INSTANCE = about({
  operationId: 'validateInstance',
  summary: 'The verdict on what would be an instance; nothing is written or pulled',
  body: validateInstanceBody,
  answers: { 200: validationSchema },
  errors: [413],
  failure: 'validation_failed',
});

/** Validation (wire.md §1, §5.3): by the same checks as a write, and with a look for the image. */
export function addValidationRoutes(app: FastifyInstance, options: PlatformOptions): void {
  app.post('/containers/validate', OF_CONTAINER, async ({ body, access }) => {
    if (!isRecord(body)) {
      throw invalidRequest(body === undefined ? 'EOF' : 'the body must be an object');
    }
    const { name, instance_id: id } = toRecord(body);
    const named: Named = {
      name: typeof name === 'string' && name !== '' ? name : 'validation',
      instanceId: typeof id === 'string' && id !== '' ? id : 'validation',
    };
    return judge(within(options, access), named, readValidateContainer(body));
  });

  app.post('/instances/validate', OF_INSTANCE, async (request) => {
    const reading = readCreateInstance(request.body);
    const asking = within(options, request.access);
    if (reading.kind === 'valid') return judge(asking, reading.named, reading);
    if (isAboutShape(reading.message)) throw invalidRequest(reading.message);
    const errors = reading.message.split('\n');
    return judge(asking, { name: 'validation' }, { kind: 'invalid', errors, warnings: [] });
  });
}

interface Asking extends PlatformOptions {
  /** Who asks is for this workspace alone. */
  readonly workspace?: string;
}

function within(options: PlatformOptions, access: FastifyRequest['access']): Asking {
  const workspace = access?.identity.workspace;
  return { ...options, ...(workspace !== undefined && { workspace }) };
}

/** What the original's decoder and validator said before anything was looked at. */
function isAboutShape(message: string): boolean {
  return /^(?:EOF$|json: |Key: )/.test(message);
}

async function judge(
  options: Asking,
  named: Named,
  reading: FieldsReading,
): Promise<ValidationBody> {
  const { inspection, limit } = options;
  const declared = inspection.details().flatMap(({ desired }) => desired ?? []);
  const checked =
    reading.kind === 'valid' ? await checkAsDocument(options, named, reading) : reading;
  // Only then: to look for an image asks a registry, and the policy says which.
  const image = checked.kind === 'valid' ? checked.fields.image : undefined;
  const found = image === undefined ? undefined : await lookUp(options, image);
  return toValidation({
    reading: checked,
    ...(found && { image: found }),
    count: countServices(limit, declared),
    nowMs: Date.now(),
  });
}

/** What only a look at the policy, the templates and the other documents can tell. */
async function checkAsDocument(
  asking: Asking,
  named: Named,
  reading: Extract<FieldsReading, { kind: 'valid' }>,
  origin: DeclareRequest['origin'] = 'api',
): Promise<FieldsReading> {
  const { control, workspace } = asking;
  const change = { kind: 'put', fields: { ...reading.fields } } as const;
  const service = serviceNameOf(named);
  try {
    await control.declare({
      service,
      change,
      origin,
      by: 'validation',
      dryRun: true,
      withoutPlan: true,
      forInstance: true,
      ...(workspace !== undefined && { workspace }),
    });
    return reading;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // How many there may be is said in the platform's own words.
    if (error.code === 'LIMIT_REACHED') return reading;
    const { warnings } = reading;
    if (error.code === 'DECLARED_ELSEWHERE') {
      // Core asks about what is its own, too.
      const isOfCore = origin === 'api' && (await control.declared(service)).origin === 'core';
      if (isOfCore) return checkAsDocument(asking, named, reading, 'core');
      return { kind: 'invalid', errors: [error.message], warnings };
    }
    if (error.code !== 'DOCUMENT_INVALID') throw error;
    return { kind: 'invalid', errors: error.problems.map(({ message }) => message), warnings };
  }
}

async function lookUp(
  { inspection }: PlatformOptions,
  image: string,
): Promise<ImageDetail | undefined> {
  return inspection.image(image, AbortSignal.timeout(ASK_IMAGE_MS));
}
