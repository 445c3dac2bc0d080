/** The body of every error of the platform's routes (wire.md §1). */
export interface ErrorBody {
  /** `container_not_found`, `invalid_request` and the like. */
  readonly error: string;
  /** The HTTP status. */
  readonly code: number;
  readonly message: string;
}

export function toErrorBody(error: string, code: number, message: string): ErrorBody {
  return { error, code, message };
}

/** The texts that callers know (wire.md §1.2). */
export function containerMissing(service: string): string {
  return `container ${service} not found`;
}

export function containerExists(service: string): string {
  return `container ${service} already exists`;
}

export function instanceMissing(id: string): string {
  return `instance not found: ${id}`;
}

/** Where a name says too little, as several workspaces use it. */
export function severalInstances(service: string, instanceIds: readonly string[]): string {
  return `several instances are called ${service}, name one by its id: ${instanceIds.join(', ')}`;
}

export function instanceExists(id: string): string {
  return `instance ${id} already exists`;
}

export function templateMissing(name: string): string {
  return `template ${name} not found`;
}
