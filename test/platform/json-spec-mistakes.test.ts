import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJsonSpec } from '../../src/platform/read-json-spec.ts';
import { ADDRESS, fieldsOf, IDENTITY, IMAGE, NAMED } from './json-specs.ts';

const PORT_RANGE = 'Invalid JSON spec: port must be between 1 and 65535';
const BAD_ADDRESS = 'Invalid JSON spec: endpoint field must be an http or https address';

describe('a mistake is told in the words of the platform:', () => {
  const MISSING_IMAGE = 'Missing or invalid image in json_spec';

  test.each<[string, unknown, readonly string[]]>([
    ['no object', 'image', [MISSING_IMAGE]],
    ['a list', [], [MISSING_IMAGE]],
    [
      'no image',
      { port: 1 },
      ['Invalid JSON spec: required field image is missing', MISSING_IMAGE],
    ],
    ['no port', { image: 'a' }, ['Invalid JSON spec: required field port is missing']],
    ['nothing', {}, ['Invalid JSON spec: required field image is missing', MISSING_IMAGE]],
    [
      'an empty image',
      { image: '', port: 1 },
      ['Invalid JSON spec: image field must be a non-empty string', MISSING_IMAGE],
    ],
    [
      'an image that is a number',
      { image: 7, port: 1 },
      ['Invalid JSON spec: image field must be a non-empty string', MISSING_IMAGE],
    ],
    ['port 0', { image: 'a', port: 0 }, [PORT_RANGE]],
    ['port 65536', { image: 'a', port: 65_536 }, [PORT_RANGE]],
    ['half a port', { image: 'a', port: 80.5 }, [PORT_RANGE]],
    [
      'a port that is text',
      { image: 'a', port: '80' },
      ['Invalid JSON spec: port field must be a number'],
    ],
    [
      'variables as a list',
      { ...IMAGE, environment: ['A=b'] },
      ['Invalid JSON spec: environment field must be an object'],
    ],
    [
      'no variables',
      { ...IMAGE, environment: null },
      ['Invalid JSON spec: environment field must be an object'],
    ],
    [
      'a command as text',
      { ...IMAGE, cmd: 'run' },
      ['Invalid JSON spec: cmd field must be an array'],
    ],
    [
      'a command as text, as documented',
      { ...IMAGE, command: 'run' },
      ['Invalid JSON spec: cmd field must be an array'],
    ],
    ['no address', { type: 'url' }, ['Invalid JSON spec: required field endpoint is missing']],
    ['an address that is none', { type: 'url', endpoint: 'x.test/mcp' }, [BAD_ADDRESS]],
    ['an address of files', { type: 'url', endpoint: 'file:///etc/passwd' }, [BAD_ADDRESS]],
    ['an address that is a number', { endpoint_url: 7 }, [BAD_ADDRESS]],
    [
      'headers as a list',
      { endpoint_url: ADDRESS, headers: [] },
      ['Invalid JSON spec: headers field must be an object'],
    ],
    [
      'another kind of credentials',
      { endpoint_url: ADDRESS, authentication: { type: 'basic', token: 'a' } },
      ['Invalid JSON spec: authentication type must be bearer'],
    ],
    [
      'no token',
      { endpoint_url: ADDRESS, authentication: { type: 'bearer' } },
      ['Invalid JSON spec: authentication token must be a non-empty string'],
    ],
  ])('%s', (_what, spec, errors) => {
    expect(readJsonSpec(spec, NAMED)).toEqual({ kind: 'invalid', errors, warnings: [] });
  });

  test.each<[unknown, string]>([
    ['512m', 'resources must be an object'],
    [{ memory_limit: 512 }, 'memory_limit must be a string'],
    [{ cpu_limit: 0.5 }, 'cpu_limit must be a string'],
    [{ memory_limit: 'much' }, 'memory_limit must be an amount such as 512m or 512Mi'],
    [{ cpu_limit: 'all' }, 'cpu_limit must be an amount such as 0.5 or 500m'],
    [{ limits: { memory: 'much' } }, 'memory must be an amount such as 512Mi'],
    [{ limits: { cpu: -1 } }, 'cpu must be an amount such as 0.5'],
  ])('limits %j are not applied, and a warning says so', (resources, complaint) => {
    const reading = readJsonSpec({ ...IMAGE, resources }, NAMED);

    expect(reading.warnings).toEqual([`Resource validation: ${complaint}`]);
    expect(fieldsOf(reading)).toEqual({ ...IMAGE, ...IDENTITY });
  });

  test('variables of a remote server are of no use, and a warning says so', () => {
    const spec = { type: 'url', endpoint: ADDRESS, environment: { A: 'b' } };

    expect(readJsonSpec(spec, NAMED).warnings).toEqual([
      'environment is not used for a remote server',
    ]);
  });
});

describe('any json_spec whatever', () => {
  const keys = fc.constantFrom(
    ...'type image container_image port environment env_vars cmd command resources resource_limits endpoint endpoint_url headers authentication health_check tags __proto__'.split(
      ' ',
    ),
  );
  const specs = fc.oneof(fc.anything(), fc.dictionary(keys, fc.jsonValue()));

  test('throws nothing, and says something', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const reading = readJsonSpec(spec, NAMED);
        expect(reading.kind === 'valid' || reading.errors.length > 0).toBe(true);
      }),
    );
  });
});
