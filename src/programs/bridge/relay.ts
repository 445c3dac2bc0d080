import { askChild } from './ask-child.ts';
import type { Fields } from './json-rpc.ts';
import type { Service } from './service.ts';

/** A legacy client at a legacy child of its own: everything goes through as it is. */
export function createRelay(): Service {
  // What the client has set, to be set again at a new child.
  const settings = new Map<
    string,
    { readonly method: string; readonly params: Fields | undefined }
  >();
  return {
    async serve(link, request, context) {
      const { method, params } = request;
      const outcome = await askChild(link, request, context);
      if (outcome !== undefined && 'result' in outcome) remember(method, params);
      return outcome;
    },
    notify: ({ peer }, { method, params }) => peer.notify(method, params),
    resume({ peer }) {
      for (const setting of settings.values()) peer.call(setting);
    },
    end: () => undefined,
  };

  function remember(method: string, params: Fields | undefined): void {
    const uri = String(params?.['uri']);
    if (method === 'logging/setLevel') settings.set(method, { method, params });
    if (method === 'resources/subscribe') settings.set(`uri ${uri}`, { method, params });
    if (method === 'resources/unsubscribe') settings.delete(`uri ${uri}`);
  }
}
