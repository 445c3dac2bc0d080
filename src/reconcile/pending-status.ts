import { redactLabels } from '../model/redact.ts';
import type { DesiredService } from '../model/service.ts';
import type { ServiceStatus } from '../model/status.ts';

/** How a service is that was written, and that no pass has looked at yet. */
export function pendingStatus(service: DesiredService): ServiceStatus {
  const { name, runtime, origin, labels, slug, platform, auth, spec, revision } = service;
  const { workspaceId: workspace } = platform ?? {};
  return {
    name,
    state: 'Pending',
    cause: 'it was declared a moment ago',
    conditions: [],
    runtime,
    origin,
    labels: redactLabels(labels),
    ...(workspace !== undefined && { workspace }),
    ...(auth && { auth }),
    revision,
    ...(spec.image !== undefined && { image: spec.image }),
    slug,
    restarts: 0,
  };
}
