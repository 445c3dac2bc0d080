// Made from schemas/openapi.json by `npm run gen`. Edit the routes, not this file.
// oxlint-disable typescript/no-duplicate-type-constituents, typescript/no-redundant-type-constituents

/**
 * Where the service is not there yet, or shall be another.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "StartContainerRequest".
 */
export type StartContainerRequest = {
  service_name?: string;
  template?: string;
  image?: string;
  port?: number;
  environment?: {
    [k: string]: string;
  };
  labels?: {
    [k: string]: string;
  };
  command?: string[];
  volumes?: {
    source?: string;
    destination?: string;
    read_only?: boolean;
  }[];
  memory_limit?: string;
  cpu_limit?: string;
  replicas?: number;
} | null;
/**
 * Each event as it happens, then exactly one result.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ApplyMessage".
 */
export type ApplyMessage =
  | {
      kind: 'event';
      event: Event;
    }
  | {
      kind: 'result';
      result: ApplyResult;
    };

/**
 * What each operation takes and answers.
 */
export interface Operations {
  /**
   * Leads to the description of this API
   */
  getRoot: {};
  /**
   * Who gives tokens for a service (RFC 9728)
   */
  getProtectedResource: {
    path: {
      slug: string;
    };
    /**
     * Where tokens come from.
     */
    answer: {
      resource: string;
      authorization_servers: string[];
      bearer_methods_supported?: string[];
      scopes_supported?: string[];
    };
  };
  /**
   * All services as containers
   */
  listContainers: {
    answer: {
      containers?: {
        id?: string;
        name?: string;
        service_name?: string;
        slug?: string;
        image?: string;
        status?: string;
        port?: number;
        url?: string;
        host?: string;
        created_at?: string;
        updated_at?: string;
        labels?: {
          [k: string]: string;
        };
        environment?: {
          [k: string]: string;
        };
        command?: string[];
        [k: string]: unknown;
      }[];
      total?: number;
      [k: string]: unknown;
    };
  };
  /**
   * Declares a service by a template, or by image and port, and waits until it runs
   */
  createContainer: {
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body: CreateContainerRequest;
    answer: {
      id?: string;
      name?: string;
      service_name?: string;
      slug?: string;
      image?: string;
      status?: string;
      port?: number;
      url?: string;
      host?: string;
      created_at?: string;
      updated_at?: string;
      labels?: {
        [k: string]: string;
      };
      environment?: {
        [k: string]: string;
      };
      command?: string[];
      [k: string]: unknown;
    };
  };
  /**
   * Takes a service out of its document, and waits until it is gone
   */
  deleteContainer: {
    path: {
      service: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    answer: {
      message?: string;
      service?: string;
      instance_id?: string;
      status?: string;
      [k: string]: unknown;
    };
  };
  /**
   * One service as a container
   */
  getContainer: {
    path: {
      service: string;
    };
    answer: {
      id?: string;
      name?: string;
      service_name?: string;
      slug?: string;
      image?: string;
      status?: string;
      port?: number;
      url?: string;
      host?: string;
      created_at?: string;
      updated_at?: string;
      labels?: {
        [k: string]: string;
      };
      environment?: {
        [k: string]: string;
      };
      command?: string[];
      [k: string]: unknown;
    };
  };
  /**
   * Whether a service runs: 503 where it does not
   */
  getContainerHealth: {
    path: {
      service: string;
    };
    answer: {
      service?: string;
      status?: string;
      healthy?: boolean;
      health?: string;
      timestamp?: string;
      container?: {
        id?: string;
        name?: string;
        service_name?: string;
        slug?: string;
        image?: string;
        status?: string;
        port?: number;
        url?: string;
        host?: string;
        created_at?: string;
        updated_at?: string;
        labels?: {
          [k: string]: string;
        };
        environment?: {
          [k: string]: string;
        };
        command?: string[];
        [k: string]: unknown;
      };
      [k: string]: unknown;
    };
  };
  /**
   * Checks a service now, and tells what was found; changes nothing
   */
  checkContainerHealth: {
    path: {
      service: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    answer: {
      service?: string;
      health_status?: {
        service_name?: string;
        container_id?: string;
        container_status?: string;
        healthy?: boolean;
        http_reachable?: boolean;
        response_time_ms?: number;
        timestamp?: string;
        url?: string;
        slug?: string;
        error?: string;
        details?: {
          direct_http_endpoint?: string;
          internal_port?: number;
          response_time_ms?: number;
          proxy_url?: string;
          container_port?: number;
          container_image?: string;
          created_at?: string;
          updated_at?: string;
          [k: string]: unknown;
        };
        [k: string]: unknown;
      };
      timestamp?: string;
      [k: string]: unknown;
    };
  };
  /**
   * What the last check of a service found, with its port and address
   */
  getDetailedContainerHealth: {
    path: {
      service: string;
    };
    answer: {
      service_name?: string;
      status?: string;
      healthy?: boolean;
      http_reachable?: boolean;
      response_time?: number;
      timestamp?: string;
      details?: {
        created_at?: string;
        updated_at?: string;
        [k: string]: unknown;
      };
      [k: string]: unknown;
    };
  };
  /**
   * The last lines of output, 100 or as many as `tail` says
   */
  getContainerLogs: {
    path: {
      service: string;
    };
    answer: {
      service?: string;
      logs?: string[];
      total?: number;
      [k: string]: unknown;
    };
  };
  /**
   * Switches a service on, or declares it where there is none and the body says what
   */
  startContainer: {
    path: {
      service: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: StartContainerRequest;
    answer: {
      id?: string;
      name?: string;
      service_name?: string;
      slug?: string;
      image?: string;
      status?: string;
      port?: number;
      url?: string;
      host?: string;
      created_at?: string;
      updated_at?: string;
      labels?: {
        [k: string]: string;
      };
      environment?: {
        [k: string]: string;
      };
      command?: string[];
      [k: string]: unknown;
    };
  };
  /**
   * One service as a container
   */
  getContainerStatus: {
    path: {
      service: string;
    };
    answer: {
      id?: string;
      name?: string;
      service_name?: string;
      slug?: string;
      image?: string;
      status?: string;
      port?: number;
      url?: string;
      host?: string;
      created_at?: string;
      updated_at?: string;
      labels?: {
        [k: string]: string;
      };
      environment?: {
        [k: string]: string;
      };
      command?: string[];
      [k: string]: unknown;
    };
  };
  /**
   * Switches a service off; it stays declared
   */
  stopContainer: {
    path: {
      service: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    answer: {
      id?: string;
      name?: string;
      service_name?: string;
      slug?: string;
      image?: string;
      status?: string;
      port?: number;
      url?: string;
      host?: string;
      created_at?: string;
      updated_at?: string;
      labels?: {
        [k: string]: string;
      };
      environment?: {
        [k: string]: string;
      };
      command?: string[];
      [k: string]: unknown;
    };
  };
  /**
   * How all services are, or the one that `service` names: what core asks each minute
   */
  listContainerHealth: {
    answer: {
      health_checks?: {
        service_name?: string;
        container_id?: string;
        container_status?: string;
        healthy?: boolean;
        http_reachable?: boolean;
        response_time_ms?: number;
        timestamp?: string;
        url?: string;
        slug?: string;
        error?: string;
        details?: {
          direct_http_endpoint?: string;
          internal_port?: number;
          response_time_ms?: number;
          proxy_url?: string;
          container_port?: number;
          container_image?: string;
          created_at?: string;
          updated_at?: string;
          [k: string]: unknown;
        };
        [k: string]: unknown;
      }[];
      total?: number;
      [k: string]: unknown;
    };
  };
  /**
   * The verdict on a json_spec; nothing is written or pulled
   */
  validateContainer: {
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body: ValidateContainerRequest;
    answer: {
      valid?: boolean;
      errors?: string[];
      warnings?: string[];
      image_exists?: boolean;
      can_pull?: boolean;
      estimated_size?: string;
      timestamp?: string;
      [k: string]: unknown;
    };
  };
  /**
   * This description as a page for people
   */
  getDocs: {};
  /**
   * A part of that page
   */
  getDocsStart: {};
  /**
   * A part of that page
   */
  getDocsScript: {};
  /**
   * A part of that page
   */
  getDocsStyle: {};
  /**
   * Whether the manager answers; says nothing about single services
   */
  getManagerHealth: {
    answer: {
      status?: string;
      version?: string;
      containers_running?: number;
      timestamp?: string;
      uptime?: string;
      [k: string]: unknown;
    };
  };
  /**
   * All services as instances; `status` and `workspace_id` choose among them
   */
  listInstances: {
    answer: {
      instances?: {
        id?: string;
        name?: string;
        service_name?: string;
        status?: string;
        url?: string;
        internal_url?: string;
        image?: string;
        port?: number;
        environment?: {
          [k: string]: string;
        };
        labels?: {
          [k: string]: string;
        };
        created_at?: string;
        updated_at?: string;
        health_status?: {
          healthy?: boolean;
          state?: string;
          status?: string;
          http_reachable?: boolean;
          response_time?: number;
          container_id?: string;
          service_name?: string;
          error?: string;
          details?: {
            direct_http_endpoint?: string;
            internal_port?: number;
            response_time_ms?: number;
            proxy_url?: string;
            container_port?: number;
            container_image?: string;
            created_at?: string;
            updated_at?: string;
            [k: string]: unknown;
          };
          timestamp?: string;
          [k: string]: unknown;
        };
        [k: string]: unknown;
      }[];
      total?: number;
      [k: string]: unknown;
    };
  };
  /**
   * Declares a service for an instance of the platform, and waits until it runs
   */
  createInstance: {
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body: CreateInstanceRequest;
    answer: {
      id?: string;
      name?: string;
      url?: string;
      internal_url?: string;
      status?: string;
      created_at?: string;
      [k: string]: unknown;
    };
  };
  /**
   * Takes a service out of its document, and waits until it is gone
   */
  deleteInstance: {
    path: {
      id: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    answer: {
      message?: string;
      service?: string;
      instance_id?: string;
      status?: string;
      [k: string]: unknown;
    };
  };
  /**
   * One service, by its container, its instance id or its name
   */
  getInstance: {
    path: {
      id: string;
    };
    answer: {
      id?: string;
      name?: string;
      service_name?: string;
      status?: string;
      url?: string;
      internal_url?: string;
      image?: string;
      port?: number;
      environment?: {
        [k: string]: string;
      };
      labels?: {
        [k: string]: string;
      };
      created_at?: string;
      updated_at?: string;
      health_status?: {
        healthy?: boolean;
        state?: string;
        status?: string;
        http_reachable?: boolean;
        response_time?: number;
        container_id?: string;
        service_name?: string;
        error?: string;
        details?: {
          direct_http_endpoint?: string;
          internal_port?: number;
          response_time_ms?: number;
          proxy_url?: string;
          container_port?: number;
          container_image?: string;
          created_at?: string;
          updated_at?: string;
          [k: string]: unknown;
        };
        timestamp?: string;
        [k: string]: unknown;
      };
      [k: string]: unknown;
    };
  };
  /**
   * Changes what the body names, and waits until the service runs so; `status` where it does not yet
   */
  updateInstance: {
    path: {
      id: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body: UpdateInstanceRequest;
    answer: {
      message?: string;
      service?: string;
      instance_id?: string;
      status?: string;
      [k: string]: unknown;
    };
  };
  /**
   * Whether a service runs, passes its checks and is reached: 503 where it does not
   */
  getInstanceHealth: {
    path: {
      id: string;
    };
    answer: {
      healthy?: boolean;
      state?: string;
      status?: string;
      http_reachable?: boolean;
      response_time?: number;
      container_id?: string;
      service_name?: string;
      error?: string;
      details?: {
        direct_http_endpoint?: string;
        internal_port?: number;
        response_time_ms?: number;
        proxy_url?: string;
        container_port?: number;
        container_image?: string;
        created_at?: string;
        updated_at?: string;
        [k: string]: unknown;
      };
      timestamp?: string;
      [k: string]: unknown;
    };
  };
  /**
   * Checks a service now, with 200 whatever was found; changes nothing
   */
  checkInstanceHealth: {
    path: {
      id: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    answer: {
      healthy?: boolean;
      state?: string;
      status?: string;
      http_reachable?: boolean;
      response_time?: number;
      container_id?: string;
      service_name?: string;
      error?: string;
      details?: {
        direct_http_endpoint?: string;
        internal_port?: number;
        response_time_ms?: number;
        proxy_url?: string;
        container_port?: number;
        container_image?: string;
        created_at?: string;
        updated_at?: string;
        [k: string]: unknown;
      };
      timestamp?: string;
      [k: string]: unknown;
    };
  };
  /**
   * What the last check of a service found, with its port and address
   */
  getDetailedInstanceHealth: {
    path: {
      id: string;
    };
    answer: {
      service_name?: string;
      status?: string;
      healthy?: boolean;
      http_reachable?: boolean;
      response_time?: number;
      timestamp?: string;
      details?: {
        created_at?: string;
        updated_at?: string;
        [k: string]: unknown;
      };
      [k: string]: unknown;
    };
  };
  /**
   * What the last checks found, of all services or of the one that `instance_id` names
   */
  listInstanceHealth: {
    answer: {
      health_checks?: {
        healthy?: boolean;
        state?: string;
        status?: string;
        http_reachable?: boolean;
        response_time?: number;
        container_id?: string;
        service_name?: string;
        error?: string;
        details?: {
          direct_http_endpoint?: string;
          internal_port?: number;
          response_time_ms?: number;
          proxy_url?: string;
          container_port?: number;
          container_image?: string;
          created_at?: string;
          updated_at?: string;
          [k: string]: unknown;
        };
        timestamp?: string;
        [k: string]: unknown;
      }[];
      total?: number;
      [k: string]: unknown;
    };
  };
  /**
   * The verdict on what would be an instance; nothing is written or pulled
   */
  validateInstance: {
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body: ValidateInstanceRequest;
    answer: {
      valid?: boolean;
      errors?: string[];
      warnings?: string[];
      image_exists?: boolean;
      can_pull?: boolean;
      estimated_size?: string;
      timestamp?: string;
      [k: string]: unknown;
    };
  };
  /**
   * What is counted and timed, in the text format of Prometheus
   */
  getMetrics: {};
  /**
   * The same with what runs and what fails apart
   */
  getHealthSummary: {
    answer: {
      timestamp?: string;
      uptime?: string;
      [k: string]: unknown;
    };
  };
  /**
   * Services counted by how they are
   */
  getMonitoringStatus: {
    answer: {
      timestamp?: string;
      uptime?: string;
      [k: string]: unknown;
    };
  };
  /**
   * This description
   */
  getOpenApi: {
    answer: {
      [k: string]: unknown;
    };
  };
  /**
   * This description as YAML
   */
  getOpenApiYaml: {};
  /**
   * Whether the manager does its work, and what is missing
   */
  getReadiness: {
    answer: {
      status: 'ready' | 'not ready';
      checks: {
        name: 'store' | 'documents' | 'lease' | 'passes' | 'runtime' | 'router' | 'broker' | 'core';
        /**
         * Of several runtimes: which one
         */
        of?: string;
        state: 'ok' | 'waiting' | 'failing';
        /**
         * Whether the manager is ready only with it
         */
        needed: boolean;
      }[];
    };
  };
  /**
   * The templates in the platform's own spelling
   */
  listPlatformTemplates: {
    answer: {
      templates?: {
        name?: string;
        description?: string;
        image?: string;
        port?: number;
        environment?: {
          [k: string]: string;
        };
        labels?: {
          [k: string]: string;
        };
        command?: string[];
        volumes?: {
          source?: string;
          destination?: string;
          read_only?: boolean;
          [k: string]: unknown;
        }[];
        memory_limit?: string;
        cpu_limit?: string;
        [k: string]: unknown;
      }[];
      total?: number;
      [k: string]: unknown;
    };
  };
  /**
   * One template in the platform's own spelling
   */
  getPlatformTemplate: {
    path: {
      template: string;
    };
    answer: {
      name?: string;
      description?: string;
      image?: string;
      port?: number;
      environment?: {
        [k: string]: string;
      };
      labels?: {
        [k: string]: string;
      };
      command?: string[];
      volumes?: {
        source?: string;
        destination?: string;
        read_only?: boolean;
        [k: string]: unknown;
      }[];
      memory_limit?: string;
      cpu_limit?: string;
      [k: string]: unknown;
    };
  };
  /**
   * Approves and carries out a plan that is sent whole, or what would be planned now
   */
  apply: {
    body: {
      /**
       * @maxItems 100000
       */
      names?: string[];
      plan?: PlanDocument;
      allowRemovals?: number;
      wait: boolean;
      by: string;
    };
    item: ApplyMessage;
  };
  /**
   * Whether the token is enough for a route; asked by routers
   */
  checkRouteToken: {
    query?: {
      role: 'read' | 'write' | 'admin';
      slug: string;
      /**
       * for the audit; default: the slug
       */
      service?: string;
      tokens?: string;
      workspace?: string;
    };
    /**
     * The token is enough.
     */
    answer: {
      /**
       * Unix time in milliseconds.
       */
      expiresAtMs?: number;
    };
  };
  /**
   * Leaves a request for a service, which is no desired state; answers once it is stored
   */
  leaveCommand: {
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body:
      | {
          kind: 'remove';
          service: string;
          volumes: boolean;
          by: string;
        }
      | (
          | {
              kind: 'rollback';
              service: string;
              to?: string;
              by: string;
            }
          | {
              kind: 'restart' | 'pause' | 'unpause' | 'update' | 'update-bridge' | 'forget';
              service: string;
              by: string;
            }
        );
  };
  /**
   * What happened, in order; with `follow=true` also what happens
   */
  readEvents: {
    query?: {
      /**
       * the `id` of an event, or a time; events after an id that are no longer kept are told by one `events.trimmed` before the next
       */
      since?: string;
      follow?: 'true' | 'false';
      service?: string;
      /**
       * service.failed, or drift for all that begin so; several with commas between
       */
      type?: string;
    };
    header?: {
      /**
       * for server-sent events, instead of `since`; events after an id that are no longer kept are told by one `events.trimmed` before the next
       */
      'last-event-id'?: string;
    };
    item: Event;
  };
  /**
   * Who answers, and what does not work now; says nothing about single services
   */
  getHealth: {
    answer: Health;
  };
  /**
   * Steps that were done, newest first
   */
  listHistory: {
    query?: {
      service?: string;
      limit?: string;
    };
    answer: JournalEntry[];
  };
  /**
   * Keeps the secrets of such a draft, and writes its document
   */
  importContainer: {
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body: {
      container: string;
      service: string;
      port?: number;
      path?: string;
    };
  };
  /**
   * What a running container would be as a service: its document, and the plan with it
   */
  draftImport: {
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body: {
      container: string;
      service: string;
      port?: number;
      path?: string;
    };
    answer: ImportDraft;
  };
  /**
   * What would be done now, or with other documents; writes nothing but the kept plan
   */
  makePlan: {
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: {
      /**
       * @maxItems 100000
       */
      names?: string[];
      allowRemovals?: number;
      /**
       * texts by file name: what would be if these were the documents
       */
      documents?: {
        [k: string]: string;
      };
    } | null;
    answer: PlanDocument;
  };
  /**
   * A plan that was made within the last hour
   */
  getPlan: {
    path: {
      id: string;
    };
    answer: PlanDocument;
  };
  /**
   * Approves and carries out a plan, unless what it was made from has moved
   */
  applyPlan: {
    path: {
      id: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: {
      /**
       * until converged or failed; else until it has begun
       */
      wait?: boolean;
    } | null;
    answer: ApplyResult;
  };
  /**
   * What is wrong in the documents
   */
  listProblems: {
    answer: DocumentProblem[];
  };
  /**
   * The services and how they are; page by page with `limit`
   */
  listServices: {
    query?: {
      state?: string;
      origin?: string;
      runtime?: string;
      workspace?: string;
      /**
       * how names begin
       */
      prefix?: string;
      label?: string | string[];
      sort?:
        | 'name'
        | '-name'
        | 'state'
        | '-state'
        | 'changed'
        | '-changed'
        | 'started'
        | '-started';
      /**
       * 1 to 1000
       */
      limit?: string;
      cursor?: string;
    };
    answer: StatusReport | ServicePage;
  };
  /**
   * Takes a service out of its document
   */
  deleteService: {
    path: {
      name: string;
    };
    query?: {
      dryRun?: 'true' | 'false';
    };
    header?: {
      /**
       * only where one of these etags is what is there; `*`: only where something is
       */
      'if-match'?: string;
      /**
       * only where none of these etags is what is there; `*`: only where nothing is there
       */
      'if-none-match'?: string;
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    answer: DeclareResult;
  };
  /**
   * How one service is; a weak ETag tells whether that changed
   */
  getService: {
    path: {
      name: string;
    };
    header?: {
      /**
       * only where none of these etags is what is there; `*`: only where nothing is there
       */
      'if-none-match'?: string;
    };
    answer: ServiceStatus;
  };
  /**
   * Merges fields into what the document of a service says (RFC 7396)
   */
  patchService: {
    path: {
      name: string;
    };
    query?: {
      dryRun?: 'true' | 'false';
    };
    header?: {
      /**
       * only where one of these etags is what is there; `*`: only where something is
       */
      'if-match'?: string;
      /**
       * only where none of these etags is what is there; `*`: only where nothing is there
       */
      'if-none-match'?: string;
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body: {};
    answer: DeclareResult;
  };
  /**
   * Declares a service, or replaces all that its document says
   */
  putService: {
    path: {
      name: string;
    };
    query?: {
      dryRun?: 'true' | 'false';
    };
    header?: {
      /**
       * only where one of these etags is what is there; `*`: only where something is
       */
      'if-match'?: string;
      /**
       * only where none of these etags is what is there; `*`: only where nothing is there
       */
      'if-none-match'?: string;
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body: {};
    answer: DeclareResult;
  };
  /**
   * What the document of a service says, with an ETag for writing it
   */
  getDocument: {
    path: {
      name: string;
    };
    header?: {
      /**
       * only where none of these etags is what is there; `*`: only where nothing is there
       */
      'if-none-match'?: string;
    };
    answer: Declared;
  };
  /**
   * How what runs differs from what was applied, field by field, by a fresh look
   */
  getServiceDrift: {
    path: {
      name: string;
    };
    answer: DriftReport;
  };
  /**
   * Steps that were done for a service, newest first
   */
  listServiceHistory: {
    path: {
      name: string;
    };
    query?: {
      limit?: string;
    };
    answer: JournalEntry[];
  };
  /**
   * What the instances of a service wrote; with `follow=true` also what they write
   */
  readLogs: {
    path: {
      name: string;
    };
    query?: {
      follow?: 'true' | 'false';
      tail?: string;
      sinceMs?: string;
    };
    item: LogLine;
  };
  /**
   * Leaves a service alone, as it is, until `unpause`
   */
  pauseService: {
    path: {
      name: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: {} | null;
  };
  /**
   * What a service can go back to: the latest good one first, what was given up last
   */
  listReleases: {
    path: {
      name: string;
    };
    answer: Release[];
  };
  /**
   * Restarts a service
   */
  restartService: {
    path: {
      name: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: {} | null;
  };
  /**
   * Goes back to the last good release, or to the one that `to` names the beginning of
   */
  rollbackService: {
    path: {
      name: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: {
      to?: string;
    } | null;
  };
  /**
   * Switches a service on in its document
   */
  startService: {
    path: {
      name: string;
    };
    header?: {
      /**
       * only where one of these etags is what is there; `*`: only where something is
       */
      'if-match'?: string;
      /**
       * only where none of these etags is what is there; `*`: only where nothing is there
       */
      'if-none-match'?: string;
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: {} | null;
    answer: DeclareResult;
  };
  /**
   * Switches a service off in its document; it stays off until `start`
   */
  stopService: {
    path: {
      name: string;
    };
    header?: {
      /**
       * only where one of these etags is what is there; `*`: only where something is
       */
      'if-match'?: string;
      /**
       * only where none of these etags is what is there; `*`: only where nothing is there
       */
      'if-none-match'?: string;
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: {} | null;
    answer: DeclareResult;
  };
  /**
   * What the newest running instance lists now, and how that stands to what was approved
   */
  listTools: {
    path: {
      name: string;
    };
    answer: ToolReport;
  };
  /**
   * Approves the tools as they were found last, in the file of approved tools
   */
  approveTools: {
    path: {
      name: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: {} | null;
    answer: ToolApproval;
  };
  /**
   * One call of a tool; its result may be an error of the tool
   */
  callTool: {
    path: {
      name: string;
    };
    body: {
      tool: string;
      arguments: {};
    };
    answer: ToolResult;
  };
  /**
   * Gives a service another owner; its address stays
   */
  transferService: {
    path: {
      name: string;
    };
    header?: {
      /**
       * only where one of these etags is what is there; `*`: only where something is
       */
      'if-match'?: string;
      /**
       * only where none of these etags is what is there; `*`: only where nothing is there
       */
      'if-none-match'?: string;
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body: {
      to: 'file' | 'api' | 'core';
    };
    answer: DeclareResult;
  };
  /**
   * Manages a service again
   */
  unpauseService: {
    path: {
      name: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: {} | null;
  };
  /**
   * The templates, and what is wrong with them
   */
  listTemplates: {
    answer: TemplateEntry[];
  };
  /**
   * Removes a template that no service needs
   */
  deleteTemplate: {
    path: {
      template: string;
    };
    header?: {
      /**
       * only where one of these etags is what is there; `*`: only where something is
       */
      'if-match'?: string;
      /**
       * only where none of these etags is what is there; `*`: only where nothing is there
       */
      'if-none-match'?: string;
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
  };
  /**
   * A template, with its ETag
   */
  getTemplate: {
    path: {
      template: string;
    };
    header?: {
      /**
       * only where none of these etags is what is there; `*`: only where nothing is there
       */
      'if-none-match'?: string;
    };
    /**
     * as schemas/template.schema.json says
     */
    answer: {};
  };
  /**
   * Writes a template, unless it or a service would be wrong then
   */
  putTemplate: {
    path: {
      template: string;
    };
    header?: {
      /**
       * only where one of these etags is what is there; `*`: only where something is
       */
      'if-match'?: string;
      /**
       * only where none of these etags is what is there; `*`: only where nothing is there
       */
      'if-none-match'?: string;
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body: {};
    /**
     * as schemas/template.schema.json says
     */
    answer: {};
  };
  /**
   * What a service has from a template with these parameters
   */
  renderTemplate: {
    path: {
      template: string;
    };
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: {
      with?: {};
      runtime?: string;
    } | null;
    answer: RenderedTemplate;
  };
  /**
   * The tools of all services as they were found last
   */
  listRecordedTools: {
    answer: RecordedTools[];
  };
  /**
   * Has documents looked at again, of all services or of these
   */
  wake: {
    header?: {
      /**
       * for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII
       */
      'idempotency-key'?: string;
    };
    body?: {
      /**
       * @maxItems 100000
       */
      names?: string[];
    } | null;
  };
  /**
   * Who the manager takes the caller for, and what that allows
   */
  whoami: {
    answer: Identity;
  };
}
/**
 * With `template`, or with `image` and `port`.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "CreateContainerRequest".
 */
export interface CreateContainerRequest {
  service_name: string;
  template?: string;
  image?: string;
  port?: number;
  environment?: {
    [k: string]: string;
  };
  labels?: {
    [k: string]: string;
  };
  command?: string[];
  volumes?: {
    source?: string;
    destination?: string;
    read_only?: boolean;
  }[];
  memory_limit?: string;
  cpu_limit?: string;
  replicas?: number;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ValidateContainerRequest".
 */
export interface ValidateContainerRequest {
  instance_id?: string;
  name?: string;
  json_spec?: {};
  dry_run?: boolean;
}
/**
 * With `image`, `template` or `json_spec`.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "CreateInstanceRequest".
 */
export interface CreateInstanceRequest {
  instance_id: string;
  name: string;
  service_name: string;
  workspace_id: string;
  template?: string;
  image?: string;
  port?: number;
  command?: string[];
  environment?: {
    [k: string]: string;
  };
  resources?: {};
  json_spec?: {};
}
/**
 * What is left out stays as it is.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "UpdateInstanceRequest".
 */
export interface UpdateInstanceRequest {
  image?: string;
  port?: number;
  command?: string[];
  environment?: {
    [k: string]: string;
  };
  resources?: {};
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ValidateInstanceRequest".
 */
export interface ValidateInstanceRequest {
  instance_id?: string;
  name?: string;
  service_name?: string;
  workspace_id?: string;
  template?: string;
  image?: string;
  port?: number;
  command?: string[];
  environment?: {
    [k: string]: string;
  };
  resources?: {};
  json_spec?: {};
}
/**
 * A plan as `plan --json` prints it and `plan --out` saves it. Minor versions add members: readers tolerate those they do not know.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocument".
 */
export interface PlanDocument {
  /**
   * Major changes break readers, minor ones add.
   */
  formatVersion: string;
  /**
   * Names this plan in events and in the journal.
   */
  planId: string;
  /**
   * The manager whose services it is about.
   */
  managerId: string;
  /**
   * When it was made. RFC 3339, UTC.
   */
  createdAt: string;
  commit?: PlanDocumentCommit;
  /**
   * So many of its removals go by `--allow-removals`, which it was made with. Absent: the gates alone decide.
   */
  allowRemovals?: number;
  /**
   * Services that something happens to, or would without a gate. Empty: nothing is to be done.
   */
  changes: PlanDocumentChange[];
  /**
   * Where live differs from what was applied, apart from what is to be changed.
   */
  drift: PlanDocumentDrift[];
  /**
   * Mistakes in the documents.
   */
  problems: PlanDocumentProblem[];
  /**
   * Services that wait before their next step.
   */
  waiting: PlanDocumentWaiting[];
  /**
   * What is seen and never touched: containers that say they are ours under another name, volumes of services that no document names.
   */
  leftAlone?: PlanDocumentLeftAlone[];
  /**
   * What became of tools: with the releases of services that change, and where nobody approved them. Absent: nothing.
   */
  tools?: PlanDocumentServiceTools[];
  summary: PlanDocumentSummary;
  /**
   * By service that the plan touches: what `apply FILE` holds against the world first.
   */
  basis: {
    [k: string]: PlanDocumentBasis;
  };
}
/**
 * The Git state of the documents folder, where it has one.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentCommit".
 */
export interface PlanDocumentCommit {
  /**
   * Commit id.
   */
  id: string;
  /**
   * There were changes that were not committed.
   */
  dirty: boolean;
}
/**
 * What happens to one service.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentChange".
 */
export interface PlanDocumentChange {
  /**
   * The service.
   */
  service: string;
  /**
   * From what to what.
   */
  change: {
    /**
     * What applying this plan does, as `terraform show -json` says it: `delete` is in it exactly when something is removed, `["delete"]` alone when the service goes; `["delete","create"]` stops the old instance first, `["create","delete"]` starts the new one first; `["no-op"]` when a gate holds the change back.
     */
    actions: ('no-op' | 'create' | 'update' | 'delete' | 'forget' | 'import')[];
    /**
     * The service as it is; null when there is none.
     */
    before: null | PlanDocumentSide;
    /**
     * The service as it will be; null when it goes.
     */
    after: null | PlanDocumentSide;
    /**
     * Fields of the spec that only a replacement can change.
     */
    replacePaths: string[];
  };
  /**
   * Stable code of the reason. A hint for display: readers tolerate codes they do not know.
   */
  actionReason: string;
  /**
   * Why, in words; empty when there is nothing to say.
   */
  cause: string;
  /**
   * The whole road in order: steps and the waits between them.
   */
  steps: PlanDocumentStep[];
  gate?: PlanDocumentGate;
}
/**
 * One end of a change. A secret is shown as `(secret <version>)`, with its reference only where that changes; what is not known yet as `(known after pull)` or `(known after start)`.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentSide".
 */
export interface PlanDocumentSide {
  /**
   * The resolved version of the service.
   */
  revision: string;
  /**
   * What runs, or will run, of that revision.
   */
  release?: string;
  /**
   * Id of the image that it is made from, where that is known.
   */
  imageId?: string;
  /**
   * Digest under which a registry gave that image.
   */
  imageDigest?: string;
  /**
   * The hashed fields of the service, secrets replaced. Absent where it is not known.
   */
  spec?: {
    [k: string]: unknown;
  };
  /**
   * Whether it is to run.
   */
  power: 'on' | 'off';
  /**
   * Where clients reach it.
   */
  url?: string;
}
/**
 * One atomic effect, or a wait.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentStep".
 */
export interface PlanDocumentStep {
  /**
   * Readers tolerate kinds they do not know.
   */
  kind: string;
  /**
   * Instance name, image reference or slug; of a wait, what is waited for.
   */
  target: string;
  /**
   * Why, in words.
   */
  cause: string;
  /**
   * When a wait ends by time. RFC 3339, UTC.
   */
  until?: string;
  /**
   * Only of a step that takes volumes, and the data in them, along.
   */
  volumes?: true;
  /**
   * Only of a pull: whether the registry is asked for an image that is there (`always`), or not at all (`never`).
   */
  policy?: 'missing' | 'always' | 'never';
}
/**
 * What holds a change back, and how to allow it.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentGate".
 */
export interface PlanDocumentGate {
  /**
   * Stable code.
   */
  code: string;
  /**
   * Why it is held back, in words.
   */
  cause: string;
  /**
   * What to do to let it pass, in words.
   */
  allow: string;
}
/**
 * Live differs from what was applied.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentDrift".
 */
export interface PlanDocumentDrift {
  /**
   * The service.
   */
  service: string;
  /**
   * `spec`: a field differs. `existence`: an instance is missing or one too many. `runtime`: it crashed or does not answer.
   */
  signal: 'spec' | 'existence' | 'runtime';
  /**
   * The instance; absent when it is the one that is missing.
   */
  instance?: string;
  /**
   * The field, of signal `spec`.
   */
  path?: string;
  /**
   * As it was applied.
   */
  expected: string;
  /**
   * As it is.
   */
  actual: string;
}
/**
 * A user's mistake in a document or template.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentProblem".
 */
export interface PlanDocumentProblem {
  /**
   * Relative to the documents folder where it lies in it.
   */
  file: string;
  /**
   * Counts from 1; 0 means the file as a whole.
   */
  line: number;
  /**
   * Counts from 1; 0 means the file as a whole.
   */
  column: number;
  /**
   * Stable code of the mistake.
   */
  code: string;
  /**
   * What is wrong, in words.
   */
  message: string;
  /**
   * The way out.
   */
  hint?: string;
  /**
   * The service that keeps its last good version because of it.
   */
  service?: string;
}
/**
 * A service that waits before its next step.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentWaiting".
 */
export interface PlanDocumentWaiting {
  /**
   * The service.
   */
  service: string;
  /**
   * For what, in words.
   */
  cause: string;
  /**
   * When the wait ends by time; absent when only an event ends it. RFC 3339, UTC.
   */
  until?: string;
}
/**
 * What is seen and never touched, and what a person may do about it.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentLeftAlone".
 */
export interface PlanDocumentLeftAlone {
  /**
   * A container that says it is one of ours under another name, or a volume of a service that no document names.
   */
  kind: 'container' | 'volume';
  /**
   * The service that it belongs to, or says so.
   */
  service: string;
  /**
   * Where it is.
   */
  runtime: string;
  /**
   * Its name there.
   */
  name: string;
  /**
   * Why it is left alone, in words.
   */
  cause: string;
  /**
   * What a person may do about it.
   */
  allow: string;
}
/**
 * The tools of one service.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentServiceTools".
 */
export interface PlanDocumentServiceTools {
  /**
   * Its name.
   */
  service: string;
  change?: PlanDocumentToolsChange;
  unapproved?: PlanDocumentToolChanges;
}
/**
 * How the tools of a release differ from those of the one before.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentToolsChange".
 */
export interface PlanDocumentToolsChange {
  /**
   * The release that runs.
   */
  release: string;
  /**
   * The release before it.
   */
  before: string;
  /**
   * Names of new tools.
   */
  added: string[];
  /**
   * Names of tools that are gone.
   */
  removed: string[];
  /**
   * Names of tools whose description, schemas or annotations are others.
   */
  changed: string[];
}
/**
 * How two lists of tools differ.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentToolChanges".
 */
export interface PlanDocumentToolChanges {
  /**
   * Names of new tools.
   */
  added: string[];
  /**
   * Names of tools that are gone.
   */
  removed: string[];
  /**
   * Names of tools whose description, schemas or annotations are others.
   */
  changed: string[];
}
/**
 * How many services each thing happens to; each service counts once.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentSummary".
 */
export interface PlanDocumentSummary {
  /**
   * Services that are created.
   */
  create: number;
  /**
   * Services that are changed in place, started, stopped or restarted.
   */
  update: number;
  /**
   * Services whose instance is replaced.
   */
  replace: number;
  /**
   * Services that go.
   */
  remove: number;
  /**
   * Services that are let go running.
   */
  forget: number;
  /**
   * Services that are adopted.
   */
  import: number;
  /**
   * Services whose change a gate holds back.
   */
  blocked: number;
}
/**
 * What one service was when the plan was made. `apply FILE` refuses the plan when any of it moved.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentBasis".
 */
export interface PlanDocumentBasis {
  desired?: PlanDocumentDesired;
  /**
   * Digest of everything a person decided about the service; null without a document.
   */
  desiredDigest: string | null;
  /**
   * Version of each secret that it names, by reference, as far as they were known.
   */
  secretVersions?: {
    [k: string]: string;
  };
  /**
   * Id of the image that its reference meant in the runtime's own store, where that was asked.
   */
  imageId?: string;
  /**
   * Its instances, sorted by id.
   */
  observed: PlanDocumentObserved[];
}
/**
 * What a plan tells of the approved version of a service; its fields stand in `change.after`.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentDesired".
 */
export interface PlanDocumentDesired {
  /**
   * Its image reference, where it has one.
   */
  image?: string;
}
/**
 * One instance, without anything volatile: a restart of the same release changes nothing here.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PlanDocumentObserved".
 */
export interface PlanDocumentObserved {
  /**
   * Object id at the runtime.
   */
  id: string;
  /**
   * Instance name.
   */
  name: string;
  /**
   * Its revision.
   */
  revision: string;
  /**
   * Its release.
   */
  release: string;
  /**
   * Id of its image; null when unknown, which never counts as a move.
   */
  imageId: string | null;
  /**
   * `up`: created or running; `down`: exited or paused.
   */
  stateClass: 'up' | 'down';
  /**
   * What of it differed from what was applied, each as path and live value. Absent: nothing.
   */
  drift?: string[];
}
/**
 * What happened, as a CloudEvent 1.0 in JSON: the same object on the Redis stream, in the API, in `--json` output and in the log. Readers tolerate types and members they do not know. Never holds a secret value.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Event".
 */
export interface Event {
  /**
   * Version of CloudEvents.
   */
  specversion: '1.0';
  /**
   * `<producer>/<number>`: the store that counted it, and its number there. Unique; the same when an event is sent again.
   */
  id: string;
  /**
   * Which manager it is.
   */
  source: string;
  /**
   * What happened.
   */
  type:
    | 'io.mcpmanager.plan.created'
    | 'io.mcpmanager.step.started'
    | 'io.mcpmanager.step.completed'
    | 'io.mcpmanager.step.failed'
    | 'io.mcpmanager.service.created'
    | 'io.mcpmanager.service.started'
    | 'io.mcpmanager.service.verified'
    | 'io.mcpmanager.service.routed'
    | 'io.mcpmanager.service.updated'
    | 'io.mcpmanager.service.stopped'
    | 'io.mcpmanager.service.removed'
    | 'io.mcpmanager.service.failed'
    | 'io.mcpmanager.service.rolledback'
    | 'io.mcpmanager.drift.detected'
    | 'io.mcpmanager.drift.healed'
    | 'io.mcpmanager.tools.changed'
    | 'io.mcpmanager.secret.rotated'
    | 'io.mcpmanager.problem.found'
    | 'io.mcpmanager.problem.cleared'
    | 'io.mcpmanager.document.edited'
    | 'io.mcpmanager.api.written'
    | 'io.mcpmanager.api.refused'
    | 'io.mcpmanager.core.refused'
    | 'io.mcpmanager.events.trimmed'
    | string;
  /**
   * The service; absent for what concerns the fleet.
   */
  subject?: string;
  /**
   * When it happened. Order goes by `id`, never by time.
   */
  time: string;
  /**
   * Always JSON.
   */
  datacontenttype: 'application/json';
  /**
   * By type.
   */
  data: {};
  /**
   * Counts the events of this subject within this producer, from 1: a hole means that events are missing. 0 where it is counted nowhere: `events.trimmed`.
   */
  sequence: string;
  /**
   * The plan that it belongs to.
   */
  planid?: string;
  /**
   * Revision of the service.
   */
  revision?: string;
  /**
   * The platform's workspace that the service was of when it happened. Absent: of none, or told by a version that did not record it.
   */
  workspace?: string;
  /**
   * Who owns the service.
   */
  origin?: 'file' | 'api' | 'core';
  /**
   * Git commit of the documents.
   */
  commit?: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ApplyResult".
 */
export interface ApplyResult {
  outcome: 'converged' | 'begun' | 'failed' | 'blocked' | 'stale' | 'not-verified';
  services: ServiceStatus[];
  stale: StaleService[];
}
/**
 * One service as it is now.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ServiceStatus".
 */
export interface ServiceStatus {
  /**
   * The service.
   */
  name: string;
  /**
   * `Pending`: nothing tried yet. `Running`: verified. `Degraded`: not all of it is well. `Failed`: waits for somebody, or was tried three times in vain and is tried again at `untilMs`. `CrashLoop`: restarts at `untilMs`. `Stopped`: power off. `Paused`: left alone on request. `Frozen`: document unreadable or runtime unobserved, runs on. `Blocked`: held back by a gate or a conflict. `NeedsAuth`: alive, wants credentials.
   */
  state:
    | 'Pending'
    | 'Starting'
    | 'Running'
    | 'Degraded'
    | 'Updating'
    | 'RollingBack'
    | 'Failed'
    | 'CrashLoop'
    | 'Stopped'
    | 'Paused'
    | 'Frozen'
    | 'Blocked'
    | 'NeedsAuth'
    | 'Removing';
  /**
   * Why it is in this state; empty when all is well.
   */
  cause: string;
  /**
   * The conditions beside the state.
   */
  conditions: Condition[];
  /**
   * Where it runs.
   */
  runtime: string;
  /**
   * Who owns it.
   */
  origin: string;
  /**
   * The platform's workspace that it belongs to.
   */
  workspace?: string;
  /**
   * What its router asks of a token; absent: it asks for none.
   */
  auth?: {
    /**
     * The least role.
     */
    role: 'read' | 'write' | 'admin';
    /**
     * Ids of the tokens that are taken; absent: any.
     */
    tokens?: string[];
    /**
     * The server gets the token as well.
     */
    passToken?: boolean;
  };
  /**
   * Labels of its owner.
   */
  labels: {
    [k: string]: string;
  };
  /**
   * Resolved version.
   */
  revision?: string;
  /**
   * What runs.
   */
  release?: string;
  /**
   * Image reference that its document names.
   */
  image?: string;
  /**
   * Where its server is, when that runs elsewhere.
   */
  remote?: string;
  /**
   * Id of the image that its instance is made from.
   */
  imageId?: string;
  /**
   * Public path name.
   */
  slug?: string;
  /**
   * Where clients reach it.
   */
  url?: string;
  /**
   * Protocol era that it speaks.
   */
  era?: string;
  /**
   * How many tools it lists.
   */
  tools?: number;
  toolsChange?: ToolsChange;
  unapprovedTools?: ToolChanges;
  /**
   * When its instance started. Wall-clock milliseconds.
   */
  startedAtMs?: number;
  /**
   * Restarts in a row.
   */
  restarts: number;
  /**
   * When its state last changed. Wall-clock milliseconds.
   */
  changedAtMs?: number;
  /**
   * When its wait ends by time. Wall-clock milliseconds.
   */
  untilMs?: number;
  /**
   * It runs an earlier release than its document asks for. `pinned`: somebody asked for it; `rolled-back`: what the document asks for has failed.
   */
  rollback?: {
    /**
     * Why, in a word.
     */
    kind: 'pinned' | 'rolled-back';
    /**
     * What it runs.
     */
    release: string;
    /**
     * Why, in words.
     */
    cause: string;
  };
  /**
   * Last output lines of the instance that failed last.
   */
  lastLog?: string[];
}
/**
 * One condition, named as the MCP lifecycle operator of kubernetes-sigs does.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Condition".
 */
export interface Condition {
  /**
   * Which condition.
   */
  type: 'Accepted' | 'Available' | 'Verified';
  /**
   * Whether it holds.
   */
  status: 'True' | 'False' | 'Unknown';
  /**
   * One word why.
   */
  reason: string;
  /**
   * Why, in words.
   */
  message: string;
  /**
   * Since when, wall-clock milliseconds.
   */
  sinceMs?: number;
}
/**
 * How the tools of a release differ from those of the one before.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ToolsChange".
 */
export interface ToolsChange {
  /**
   * The release that runs.
   */
  release: string;
  /**
   * The release before it.
   */
  before: string;
  /**
   * Names of new tools.
   */
  added: string[];
  /**
   * Names of tools that are gone.
   */
  removed: string[];
  /**
   * Names of tools whose description, schemas or annotations are others.
   */
  changed: string[];
}
/**
 * How two lists of tools differ.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ToolChanges".
 */
export interface ToolChanges {
  /**
   * Names of new tools.
   */
  added: string[];
  /**
   * Names of tools that are gone.
   */
  removed: string[];
  /**
   * Names of tools whose description, schemas or annotations are others.
   */
  changed: string[];
}
/**
 * Why a saved plan no longer fits.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "StaleService".
 */
export interface StaleService {
  service: string;
  moved: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Health".
 */
export interface Health {
  managerId: string;
  version: string;
  pid: number;
  mode: 'auto' | 'approve' | 'none';
  runtime: string;
  stateFolder: string;
  /**
   * Wall-clock milliseconds.
   */
  startedAtMs: number;
  /**
   * What does not work now; never about single services.
   */
  troubles: string[];
  /**
   * Those of them that hold no service up.
   */
  harmless: string[];
}
/**
 * A step that was begun, with its outcome if it has one yet.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "JournalEntry".
 */
export interface JournalEntry {
  id: string;
  service: string;
  /**
   * That the service was of then; absent: of none, or written by a version that did not record it.
   */
  workspace?: string;
  kind: string;
  target: string;
  cause: string;
  planId: string;
  revision?: string;
  /**
   * Wall-clock milliseconds.
   */
  atMs: number;
  result?: 'done' | 'failed' | 'interrupted';
  /**
   * Wall-clock milliseconds.
   */
  endedAtMs?: number;
  code?: string;
  message?: string;
}
/**
 * No value of a secret is in it.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ImportDraft".
 */
export interface ImportDraft {
  containerId: string;
  containerName: string;
  /**
   * Relative to the documents folder.
   */
  file: string;
  text: string;
  secrets: {
    variable: string;
    reference: string;
  }[];
  notes: string[];
  plan: PlanDocument;
}
/**
 * A user's mistake in a document or template.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "DocumentProblem".
 */
export interface DocumentProblem {
  /**
   * Relative to the documents folder where it lies in it.
   */
  file: string;
  /**
   * Counts from 1; 0 means the file as a whole.
   */
  line: number;
  /**
   * Counts from 1; 0 means the file as a whole.
   */
  column: number;
  /**
   * Stable code of the mistake.
   */
  code: string;
  /**
   * What is wrong, in words.
   */
  message: string;
  /**
   * The way out.
   */
  hint?: string;
  /**
   * The service that keeps its last good version because of it.
   */
  service?: string;
}
/**
 * What `status --json` prints. Readers tolerate members they do not know.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "StatusReport".
 */
export interface StatusReport {
  /**
   * Sorted by name.
   */
  services: ServiceStatus[];
  /**
   * Mistakes in the documents.
   */
  problems: DocumentProblem[];
  /**
   * What is seen and never touched: containers that say they are ours under another name, volumes of services that no document names.
   */
  leftAlone?: LeftAlone[];
}
/**
 * What is seen and never touched, and what a person may do about it.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "LeftAlone".
 */
export interface LeftAlone {
  /**
   * A container that says it is one of ours under another name, or a volume of a service that no document names.
   */
  kind: 'container' | 'volume';
  /**
   * The service that it belongs to, or says so.
   */
  service: string;
  /**
   * Where it is.
   */
  runtime: string;
  /**
   * Its name there.
   */
  name: string;
  /**
   * Why it is left alone, in words.
   */
  cause: string;
  /**
   * What a person may do about it.
   */
  allow: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ServicePage".
 */
export interface ServicePage {
  services: ServiceStatus[];
  /**
   * How many there are on all pages.
   */
  total: number;
  /**
   * The `cursor` of the next page; absent on the last.
   */
  next?: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "DeclareResult".
 */
export interface DeclareResult {
  kind: 'created' | 'changed' | 'unchanged' | 'deleted';
  declared?: Written;
  plan?: PlanDocument;
}
/**
 * Absent where it was deleted.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Written".
 */
export interface Written {
  service: string;
  origin: 'file' | 'api' | 'core';
  /**
   * As the document says them: nothing is expanded, secrets are references.
   */
  fields: {
    [k: string]: unknown;
  };
  /**
   * Another one whenever the fields say something else, or lie elsewhere.
   */
  etag: string;
  file: string;
}
/**
 * A service as its document says it.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Declared".
 */
export interface Declared {
  service: string;
  origin: 'file' | 'api' | 'core';
  place: Place;
  /**
   * As the document says them: nothing is expanded, secrets are references.
   */
  fields: {
    [k: string]: unknown;
  };
  /**
   * Another one whenever the fields say something else, or lie elsewhere.
   */
  etag: string;
}
/**
 * Lines and columns count from 1; 0 means the file as a whole.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Place".
 */
export interface Place {
  file: string;
  line: number;
  column: number;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "DriftReport".
 */
export interface DriftReport {
  service: string;
  drift: Drift[];
}
/**
 * Live differs from what was applied.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Drift".
 */
export interface Drift {
  /**
   * The service.
   */
  service: string;
  /**
   * `spec`: a field differs. `existence`: an instance is missing or one too many. `runtime`: it crashed or does not answer.
   */
  signal: 'spec' | 'existence' | 'runtime';
  /**
   * The instance; absent when it is the one that is missing.
   */
  instance?: string;
  /**
   * The field, of signal `spec`.
   */
  path?: string;
  /**
   * As it was applied.
   */
  expected: string;
  /**
   * As it is.
   */
  actual: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "LogLine".
 */
export interface LogLine {
  /**
   * Wall-clock milliseconds.
   */
  atMs: number;
  stream: 'stdout' | 'stderr';
  text: string;
}
/**
 * A release of a service as it is remembered.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Release".
 */
export interface Release {
  release: string;
  revision?: string;
  image?: string;
  imageId?: string;
  /**
   * When it was found good, or given up, last. Wall-clock milliseconds.
   */
  atMs: number;
  standing: 'running' | 'good' | 'given up';
  /**
   * Why it was given up.
   */
  cause?: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ToolReport".
 */
export interface ToolReport {
  service: string;
  release: string;
  lock: 'off' | 'warn' | 'enforce';
  tools: ListedTool[];
  /**
   * Approved, and no longer listed.
   */
  missing: string[];
}
/**
 * A tool as its server lists it. All but `standing` is the server's own word.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ListedTool".
 */
export interface ListedTool {
  name: string;
  title?: string;
  description?: string;
  inputSchema?: unknown;
  outputSchema?: unknown;
  annotations?: unknown;
  standing: 'approved' | 'added' | 'changed' | 'not locked';
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ToolApproval".
 */
export interface ToolApproval {
  service: string;
  /**
   * How many are approved.
   */
  tools: number;
  /**
   * From what was approved before; absent where nothing was, or where it is the same.
   */
  changes?: {
    added: string[];
    removed: string[];
    changed: string[];
  };
}
/**
 * What a tool answered. All of it comes from the server.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ToolResult".
 */
export interface ToolResult {
  isError: boolean;
  text: string;
  content: unknown[];
  structuredContent?: unknown;
}
/**
 * A template file as a list shows it.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "TemplateEntry".
 */
export interface TemplateEntry {
  name: string;
  /**
   * Relative to the templates folder.
   */
  file: string;
  description?: string;
  etag: string;
  /**
   * What is wrong with it; then no service can use it.
   */
  problems: DocumentProblem[];
}
/**
 * The fields that a service has from a template, before its own.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "RenderedTemplate".
 */
export interface RenderedTemplate {
  name: string;
  runtime: string;
  /**
   * As a document would say them.
   */
  fields: {
    [k: string]: unknown;
  };
  /**
   * Variables that a service must give a value.
   */
  requiredEnv: string[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "RecordedTools".
 */
export interface RecordedTools {
  service: string;
  release: string;
  /**
   * The digest of each tool by its name.
   */
  tools: {
    [k: string]: string;
  };
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Identity".
 */
export interface Identity {
  kind: 'token' | 'oidc' | 'local' | 'anyone';
  id: string;
  name: string;
  role: 'read' | 'write' | 'admin';
  /**
   * Sees and changes nothing but its services.
   */
  workspace?: string;
  /**
   * Wall-clock milliseconds.
   */
  expiresAtMs?: number;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventCleared".
 */
export interface EventCleared {
  /**
   * The line of the `problem.found` that it ends.
   */
  text: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventDrift".
 */
export interface EventDrift {
  /**
   * `spec`: a field differs. `existence`: missing or too many. `runtime`: crashed or not verified.
   */
  signal: 'spec' | 'existence' | 'runtime';
  /**
   * The instance, by name.
   */
  instance?: string;
  /**
   * The field that differs.
   */
  path?: string;
  /**
   * What was applied.
   */
  expected?: string;
  /**
   * What is.
   */
  actual?: string;
}
/**
 * A document that somebody edited.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventEdited".
 */
export interface EventEdited {
  /**
   * Relative to the folder of documents.
   */
  file: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventFailed".
 */
export interface EventFailed {
  /**
   * State of the service.
   */
  state: string;
  /**
   * Why, in words.
   */
  cause: string;
  /**
   * The last lines of output.
   */
  lastLog?: string[];
}
/**
 * One step of a plan.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventFailedStep".
 */
export interface EventStep {
  /**
   * Kind of the step.
   */
  step?: string;
  /**
   * Name of the instance, image reference or slug that it addresses.
   */
  target?: string;
  /**
   * Stable code of why. Readers tolerate codes they do not know.
   */
  reason?: string;
  /**
   * Why, in words.
   */
  cause?: string;
  /**
   * What the step does, in words.
   */
  effect?: string;
  /**
   * Of a failed step: stable code of the error, `INTERRUPTED` when the manager ended meanwhile.
   */
  code: string;
  /**
   * Of a failed step: what went wrong, in words.
   */
  message: string;
  /**
   * Where the service is reached, when the step made it so.
   */
  url?: string;
}
/**
 * Members as they come.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventOpen".
 */
export interface EventOpen {}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventPlan".
 */
export interface EventPlan {
  /**
   * What the plan changes, by service.
   */
  changes: {
    /**
     * The service.
     */
    service: string;
    /**
     * What becomes of it.
     */
    change: string;
    /**
     * Stable code of why.
     */
    reason: string;
    /**
     * Why, in words.
     */
    cause: string;
  }[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventProblem".
 */
export interface EventProblem {
  /**
   * Where the mistake lies.
   */
  file: string;
  /**
   * Counts from 1; 0 means the file as a whole.
   */
  line: number;
  /**
   * Counts from 1; 0 means the file as a whole.
   */
  column: number;
  /**
   * Stable code of the mistake.
   */
  code: string;
  /**
   * What is wrong, in words.
   */
  message: string;
  /**
   * The way out.
   */
  hint?: string;
  /**
   * Whom it freezes.
   */
  service?: string;
  /**
   * All of it in one line; the same again when it is cleared.
   */
  text: string;
}
/**
 * A wish of the platform's core that cannot be carried out.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventRefusal".
 */
export interface EventRefusal {
  /**
   * What core wanted; `create` also stands for a change.
   */
  wish: 'create' | 'delete';
  /**
   * Core's own id of the instance.
   */
  instanceId: string;
  /**
   * As the platform shows it: free text. Absent for a deletion.
   */
  name?: string;
  /**
   * Why, in words; never a secret.
   */
  cause: string;
}
/**
 * Who asked what over the API, and what was answered. Never a token, and nothing of the body.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventRequest".
 */
export interface EventRequest {
  /**
   * What came of it.
   */
  result: 'done' | 'failed' | 'refused';
  /**
   * The token by its name, the subject, `anyone` while authentication is off, or `nobody` who is known.
   */
  who: string;
  /**
   * Address of the client; absent on the local socket.
   */
  from?: string;
  /**
   * Of HTTP.
   */
  method: string;
  /**
   * Pattern of the route; of what is none, the path.
   */
  route: string;
  /**
   * Of HTTP.
   */
  status: number;
  /**
   * So many refusals before this one were not told: there were too many.
   */
  untold?: number;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventRolledback".
 */
export interface EventRolledback {
  /**
   * The release that was given up.
   */
  release: string;
  /**
   * The last good one, which serves on or again.
   */
  to: string;
  /**
   * Why, in words.
   */
  cause: string;
}
/**
 * One step of a plan.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventStep".
 */
export interface EventStep1 {
  /**
   * Kind of the step.
   */
  step: string;
  /**
   * Name of the instance, image reference or slug that it addresses.
   */
  target: string;
  /**
   * Stable code of why. Readers tolerate codes they do not know.
   */
  reason?: string;
  /**
   * Why, in words.
   */
  cause: string;
  /**
   * What the step does, in words.
   */
  effect?: string;
  /**
   * Of a failed step: stable code of the error, `INTERRUPTED` when the manager ended meanwhile.
   */
  code?: string;
  /**
   * Of a failed step: what went wrong, in words.
   */
  message?: string;
  /**
   * Where the service is reached, when the step made it so.
   */
  url?: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventTools".
 */
export interface EventTools {
  /**
   * Names of new tools.
   */
  added: string[];
  /**
   * Names of tools that are gone.
   */
  removed: string[];
  /**
   * Names of tools whose description, schemas or annotations are others.
   */
  changed?: string[];
  /**
   * Digest of all tools.
   */
  toolsHash?: string;
  /**
   * The release that lists them.
   */
  release?: string;
  /**
   * What holds for tools that nobody approved.
   */
  lock?: 'off' | 'warn' | 'enforce';
  /**
   * From the approved tools to these; absent where they are approved, or not locked.
   */
  unapproved?: {
    /**
     * Names of new tools.
     */
    added: string[];
    /**
     * Names of tools that are gone.
     */
    removed: string[];
    /**
     * Names of tools whose description, schemas or annotations are others.
     */
    changed: string[];
  };
  /**
   * The same in words.
   */
  cause?: string;
}
/**
 * Which events are no longer kept.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventTrimmed".
 */
export interface EventTrimmed {
  /**
   * Number of the first of them.
   */
  first: number;
  /**
   * Number of the last of them.
   */
  last: number;
  /**
   * The same in words.
   */
  message: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventUpdated".
 */
export interface EventUpdated {
  /**
   * The reference, as the document says it.
   */
  image: string;
  /**
   * Id of the image that runs.
   */
  imageId: string;
  /**
   * The same in words.
   */
  cause: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventVerified".
 */
export interface EventVerified {
  /**
   * The instance, by the id that its runtime gave it.
   */
  instanceId: string;
  /**
   * `needs-auth`: alive, and wants credentials.
   */
  outcome: 'verified' | 'needs-auth';
  /**
   * Protocol era that the server speaks.
   */
  era?: string;
  /**
   * Names of the tools that it lists.
   */
  tools?: string[];
}
/**
 * An error (RFC 9457), with a stable code and the way out.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ProblemDocument".
 */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  /**
   * What went wrong, in words.
   */
  detail: string;
  code: string;
  /**
   * The way out.
   */
  hint?: string;
  problems?: DocumentProblem[];
}

/** Where each operation lies. */
export const CALLS = {
  getRoot: ['GET', '/'],
  getProtectedResource: ['GET', '/.well-known/oauth-protected-resource/mcp/{slug}'],
  listContainers: ['GET', '/containers'],
  createContainer: ['POST', '/containers'],
  deleteContainer: ['DELETE', '/containers/{service}'],
  getContainer: ['GET', '/containers/{service}'],
  getContainerHealth: ['GET', '/containers/{service}/health'],
  checkContainerHealth: ['POST', '/containers/{service}/health'],
  getDetailedContainerHealth: ['GET', '/containers/{service}/health/detailed'],
  getContainerLogs: ['GET', '/containers/{service}/logs'],
  startContainer: ['POST', '/containers/{service}/start'],
  getContainerStatus: ['GET', '/containers/{service}/status'],
  stopContainer: ['POST', '/containers/{service}/stop'],
  listContainerHealth: ['GET', '/containers/health'],
  validateContainer: ['POST', '/containers/validate'],
  getDocs: ['GET', '/docs'],
  getDocsStart: ['GET', '/docs/start.js'],
  getDocsScript: ['GET', '/docs/swagger-ui-bundle.js'],
  getDocsStyle: ['GET', '/docs/swagger-ui.css'],
  getManagerHealth: ['GET', '/health'],
  listInstances: ['GET', '/instances'],
  createInstance: ['POST', '/instances'],
  deleteInstance: ['DELETE', '/instances/{id}'],
  getInstance: ['GET', '/instances/{id}'],
  updateInstance: ['PUT', '/instances/{id}'],
  getInstanceHealth: ['GET', '/instances/{id}/health'],
  checkInstanceHealth: ['POST', '/instances/{id}/health'],
  getDetailedInstanceHealth: ['GET', '/instances/{id}/health/detailed'],
  listInstanceHealth: ['GET', '/instances/health'],
  validateInstance: ['POST', '/instances/validate'],
  getMetrics: ['GET', '/metrics'],
  getHealthSummary: ['GET', '/monitoring/health-summary'],
  getMonitoringStatus: ['GET', '/monitoring/status'],
  getOpenApi: ['GET', '/openapi.json'],
  getOpenApiYaml: ['GET', '/openapi.yaml'],
  getReadiness: ['GET', '/ready'],
  listPlatformTemplates: ['GET', '/templates'],
  getPlatformTemplate: ['GET', '/templates/{template}'],
  apply: ['POST', '/v1/apply'],
  checkRouteToken: ['GET', '/v1/auth'],
  leaveCommand: ['POST', '/v1/commands'],
  readEvents: ['GET', '/v1/events'],
  getHealth: ['GET', '/v1/health'],
  listHistory: ['GET', '/v1/history'],
  importContainer: ['POST', '/v1/imports'],
  draftImport: ['POST', '/v1/imports/draft'],
  makePlan: ['POST', '/v1/plan'],
  getPlan: ['GET', '/v1/plans/{id}'],
  applyPlan: ['POST', '/v1/plans/{id}/apply'],
  listProblems: ['GET', '/v1/problems'],
  listServices: ['GET', '/v1/services'],
  deleteService: ['DELETE', '/v1/services/{name}'],
  getService: ['GET', '/v1/services/{name}'],
  patchService: ['PATCH', '/v1/services/{name}'],
  putService: ['PUT', '/v1/services/{name}'],
  getDocument: ['GET', '/v1/services/{name}/document'],
  getServiceDrift: ['GET', '/v1/services/{name}/drift'],
  listServiceHistory: ['GET', '/v1/services/{name}/history'],
  readLogs: ['GET', '/v1/services/{name}/logs'],
  pauseService: ['POST', '/v1/services/{name}/pause'],
  listReleases: ['GET', '/v1/services/{name}/releases'],
  restartService: ['POST', '/v1/services/{name}/restart'],
  rollbackService: ['POST', '/v1/services/{name}/rollback'],
  startService: ['POST', '/v1/services/{name}/start'],
  stopService: ['POST', '/v1/services/{name}/stop'],
  listTools: ['GET', '/v1/services/{name}/tools'],
  approveTools: ['POST', '/v1/services/{name}/tools/approve'],
  callTool: ['POST', '/v1/services/{name}/tools/call'],
  transferService: ['POST', '/v1/services/{name}/transfer'],
  unpauseService: ['POST', '/v1/services/{name}/unpause'],
  listTemplates: ['GET', '/v1/templates'],
  deleteTemplate: ['DELETE', '/v1/templates/{template}'],
  getTemplate: ['GET', '/v1/templates/{template}'],
  putTemplate: ['PUT', '/v1/templates/{template}'],
  renderTemplate: ['POST', '/v1/templates/{template}/render'],
  listRecordedTools: ['GET', '/v1/tools'],
  wake: ['POST', '/v1/wake'],
  whoami: ['GET', '/v1/whoami'],
} as const;
