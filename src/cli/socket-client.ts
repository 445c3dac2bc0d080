import { createClient } from '../client/create-client.ts';
import type { Control } from '../control.ts';
import { createApiControl } from './api-control.ts';
import { createSend } from './send-request.ts';

/** The Control of the manager that listens on this socket. Throws MANAGER_UNREACHABLE where none does. */
export function createSocketClient(socketPath: string): Control {
  const client = createClient({ url: 'http://localhost', send: createSend(socketPath) });
  return createApiControl(client, socketPath);
}
