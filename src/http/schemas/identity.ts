import { ROLES } from '../../model/access.ts';
import { objectSchema } from '../request-schemas.ts';

/** `Identity` as a schema. */
export const identitySchema = {
  title: 'Identity',
  ...objectSchema(
    {
      kind: { type: 'string', enum: ['token', 'oidc', 'local', 'anyone'] },
      id: { type: 'string' },
      name: { type: 'string' },
      role: { type: 'string', enum: ROLES },
      workspace: { type: 'string', description: 'Sees and changes nothing but its services.' },
      expiresAtMs: { type: 'number', description: 'Wall-clock milliseconds.' },
    },
    ['kind', 'id', 'name', 'role'],
  ),
} as const;
