import type { FastifyInstance } from 'fastify';
import { addContainerHealthRoutes } from './container-health.ts';
import { addContainerLogRoutes } from './container-logs.ts';
import { addContainerPowerRoutes } from './container-power.ts';
import { addContainerRoutes } from './containers.ts';
import { addInstanceHealthRoutes } from './instance-health.ts';
import { addInstanceRoutes } from './instances.ts';
import { addMonitoringRoutes } from './monitoring.ts';
import { readAnyBodyAsJson } from './read-body.ts';
import { addTemplateRoutes } from './templates.ts';
import { addValidationRoutes } from './validation.ts';
import type { PlatformOptions } from './write.ts';

/** The API that core, the UI and the scripts of the platform speak (wire.md §1). */
export function addPlatformRoutes(app: FastifyInstance, options: PlatformOptions): void {
  void app.register(async (platform) => {
    readAnyBodyAsJson(platform);
    // Schemas describe; mistakes are told in the words of the original.
    platform.setValidatorCompiler(() => () => true);
    addMonitoringRoutes(platform, options);
    addContainerRoutes(platform, options);
    addContainerHealthRoutes(platform, options);
    addContainerPowerRoutes(platform, options);
    addContainerLogRoutes(platform, options);
    addInstanceRoutes(platform, options);
    addInstanceHealthRoutes(platform, options);
    addValidationRoutes(platform, options);
    addTemplateRoutes(platform, options);
  });
}
