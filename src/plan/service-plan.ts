import type { ServicePlan, Side } from '../model/plan.ts';
import { redactLabels } from '../model/redact.ts';
import { secretReferences } from '../model/revision.ts';
import type { DesiredService, ServiceSpec } from '../model/service.ts';
import type { Condition, Rollback, ServiceStatus } from '../model/status.ts';
import type { ProbeTarget, Verification } from '../model/verification.ts';
import { judge, validCheck } from './check.ts';
import type { Decision } from './decision.ts';
import type { PlanInput } from './input.ts';
import { changeOf, isIll } from './state.ts';
import { toolRefusal, withTools } from './tool-gate.ts';
import type { Located } from './locate.ts';
import { checkingOf, type Past, type ServiceView } from './view.ts';

/** Puts a decision into the shape that apply, status, prober and people read. */
export function toServicePlan(
  view: ServiceView,
  decision: Decision,
  input: PlanInput,
): ServicePlan {
  const { change, reason, cause, road, gate, replacePaths = [], drift = [], spent = [] } = decision;
  const before = toBefore(view, decision, input);
  const after = toAfter(view, decision, input);
  return {
    name: view.name,
    change,
    reason: change === 'no-op' ? 'no_change' : reason,
    cause: change === 'no-op' ? '' : cause,
    ...(before && { before }),
    ...(after && { after }),
    replacePaths,
    road,
    drift,
    ...(gate && { gate }),
    ...instanceOf(decision),
    status: toStatus(view, decision, input),
    ...(isInSight(view, input) && { probes: toProbes(view, decision) }),
    spent,
    ...(decision.verdict && { verdict: decision.verdict }),
    ...(view.digest !== undefined && { desiredDigest: view.digest }),
  };
}

/** Whose output tells why it is as it is. */
function instanceOf({ tried, current }: Decision): Pick<ServicePlan, 'instance'> {
  const instance = tried ?? current;
  return instance ? { instance: instance.name } : {};
}

function toBefore(view: ServiceView, { current }: Decision, input: PlanInput): Side | undefined {
  const live = current ?? view.instances[0];
  if (!live) return undefined;
  const power = live.state === 'running' ? 'on' : 'off';
  return {
    revision: live.revision,
    release: live.release,
    ...imageSide(live.runtime, live.imageId, input),
    power,
    ...(live.spec && { spec: shownSpec(live.spec) }),
  };
}

/** Of a remote server nothing else means anything. */
function shownSpec(spec: ServiceSpec): object {
  const { url, headers } = spec;
  return url === undefined ? spec : { url, headers };
}

function imageSide(
  runtime: string,
  imageId: string | undefined,
  { images }: PlanInput,
): Pick<Side, 'imageId' | 'imageDigest'> {
  if (imageId === undefined) return {};
  const digest = images.get(runtime)?.get(imageId)?.digest;
  return { imageId, ...(digest !== undefined && { imageDigest: digest }) };
}

function toAfter(
  { desired }: ServiceView,
  { change, road }: Decision,
  input: PlanInput,
): Side | undefined {
  if (!desired || change === 'remove' || change === 'forget') return undefined;
  const made = road.find((item) => item.kind === 'create');
  const imageId = made?.kind === 'create' ? made.imageId : undefined;
  return {
    revision: desired.revision,
    ...imageSide(desired.runtime, imageId, input),
    power: desired.power,
    spec: shownSpec(desired.spec),
    url: `${input.settings.baseUrl}/mcp/${desired.slug}`,
  };
}

function isInSight({ desired }: ServiceView, { observations }: PlanInput): boolean {
  return !desired || observations.get(desired.runtime)?.ok === true;
}

/** What runs is checked as long as the service shall run; each instance as what it is. */
function toProbes(view: ServiceView, decision: Decision): readonly ProbeTarget[] {
  const { desired, settings } = view;
  if (!desired || desired.power === 'off' || settings === undefined) return [];
  const { current, kept, beside = [] } = decision;
  const instance = current ?? view.instances.find(({ state }) => state === 'running');
  const own = (kept ?? (instance ? [instance] : [])).map((one) =>
    toProbe(one, { version: desired, settings, ...(view.toolRule && { toolRule: view.toolRule }) }),
  );
  const old = beside.map(({ instance: one, version }) =>
    toProbe(one, { version, ...checkingOf(version, view.toolLock) }),
  );
  return [...own, ...old].flatMap((target) => target ?? []);
}

interface Probed extends Pick<ServiceView, 'settings' | 'toolRule'> {
  readonly version: DesiredService;
}

function toProbe(
  instance: Located,
  { version, settings, toolRule }: Probed,
): ProbeTarget | undefined {
  if (instance.state !== 'running' || instance.url === undefined) return undefined;
  if (settings === undefined) return undefined;
  return {
    service: version.name,
    instance: instance.name,
    revision: instance.revision,
    release: instance.release,
    instanceId: instance.id,
    startedAtMs: instance.startedAtMs ?? 0,
    url: instance.url,
    path: version.spec.path,
    ...(secretReferences(version.spec).length > 0 && { discreet: true }),
    verify: version.verify,
    ...(toolRule && { toolRule }),
    settings,
    ...(version.spec.url !== undefined && { remote: true as const }),
  };
}

function toStatus(view: ServiceView, decision: Decision, input: PlanInput): ServiceStatus {
  const { desired, history } = view;
  const { current, state, stateCause, road } = decision;
  const up = current?.state === 'running' ? current : undefined;
  const check = up && validCheck(view, up, input);
  const found = check?.result.outcome === 'verified' ? check.result : undefined;
  const runtime = desired?.runtime ?? current?.runtime ?? history.accepted?.runtime ?? '';
  const isOld = decision.beside?.some(({ instance }) => instance === up) ?? false;
  const passes =
    up !== undefined &&
    desired !== undefined &&
    (isOld || judge(view, up, input).kind === 'passed');
  const routed = view.routes.some(({ slug }) => slug === desired?.slug);
  const first = road.find(({ kind }) => kind === 'wait');
  const untilMs = first?.kind === 'wait' ? first.untilMs : undefined;
  const { auth, platform: { workspaceId: workspace } = {} } = desired ?? history.accepted ?? {};
  const status: ServiceStatus = {
    name: view.name,
    state,
    cause: stateCause,
    conditions: toConditions(view, decision, { check, available: routed && passes }),
    runtime,
    origin: desired?.origin ?? history.accepted?.origin ?? 'file',
    labels: redactLabels(desired?.labels ?? history.accepted?.labels ?? {}),
    ...(workspace !== undefined && { workspace }),
    ...(auth && { auth }),
    ...(desired && { slug: desired.slug, url: `${input.settings.baseUrl}/mcp/${desired.slug}` }),
    ...(current && { revision: current.revision, release: current.release }),
    ...(view.past && { rollback: toRollback(view.past) }),
    ...(desired?.spec.image !== undefined && { image: desired.spec.image }),
    ...(desired?.spec.url !== undefined && { remote: desired.spec.url }),
    ...(current?.imageId !== undefined && { imageId: current.imageId }),
    ...(found?.era && { era: found.era }),
    ...(found?.tools && { tools: found.tools.length }),
    ...(up?.startedAtMs !== undefined && { startedAtMs: up.startedAtMs }),
    restarts: history.restarts?.total ?? 0,
    ...changeOf(history, decision),
    ...(untilMs !== undefined && { untilMs }),
    ...(isIll(state) && history.lastLog && { lastLog: history.lastLog }),
  };
  return withTools(status, view, check);
}

function toRollback({ kind, release, cause }: Past): Rollback {
  return { kind, release, cause };
}

interface Facts {
  readonly check: Verification | undefined;
  /** The traffic reaches an instance that passes its checks. */
  readonly available: boolean;
}

function toConditions(
  view: ServiceView,
  decision: Decision,
  { check, available }: Facts,
): readonly Condition[] {
  const { state, stateCause, gate } = decision;
  const refused = view.frozenCause === undefined ? 'Blocked' : 'Frozen';
  const accepted = view.frozenCause === undefined && gate === undefined;
  const since = check?.verifiedAtMs === undefined ? {} : { sinceMs: check.verifiedAtMs };
  const { changedAtMs } = changeOf(view.history, decision);
  const changed = changedAtMs === undefined ? {} : { sinceMs: changedAtMs };
  return [
    {
      type: 'Accepted',
      status: accepted ? 'True' : 'False',
      reason: accepted ? 'DocumentValid' : refused,
      message: accepted ? '' : (view.frozenCause ?? stateCause),
      ...changed,
    },
    {
      type: 'Available',
      status: available ? 'True' : 'False',
      reason: available ? 'Routed' : state,
      message: available ? '' : stateCause,
      ...(available && since),
    },
    verifiedCondition(view, decision, check),
  ];
}

function verifiedCondition(
  view: ServiceView,
  { current }: Decision,
  check: Verification | undefined,
): Condition {
  if (!check) return { type: 'Verified', status: 'Unknown', reason: 'NotChecked', message: '' };
  const { result } = check;
  if (result.outcome === 'failed') {
    return { type: 'Verified', status: 'False', reason: 'CheckFailed', message: result.message };
  }
  const refusal =
    current && result.outcome === 'verified' ? toolRefusal(view, current, result) : undefined;
  if (refusal !== undefined) {
    return { type: 'Verified', status: 'False', reason: 'ToolsNotApproved', message: refusal };
  }
  const reason = result.outcome === 'verified' ? 'HandshakePassed' : 'NeedsAuth';
  const message = result.outcome === 'verified' ? '' : result.message;
  const since = check.verifiedAtMs === undefined ? {} : { sinceMs: check.verifiedAtMs };
  return { type: 'Verified', status: 'True', reason, message, ...since };
}
