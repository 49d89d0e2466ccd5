import { HOUR, MILLISECOND, MINUTE } from './calendar';
import type { Calendar } from './calendar';
import type { Registry, World } from './cast';
import type { RegistryEvent, Target } from './events';

/** What the service writes for a value that it does not have. */
const MISSING = '<nil>';

/** The time of a tick as Azure writes it: UTC with seven decimals. */
function logTime(calendar: Calendar, at: number): string {
  const hour = Math.floor(at / HOUR);
  const prefix = hourPrefix(calendar.base, hour);
  const inHour = at - hour * HOUR;
  const minute = Math.floor(inHour / MINUTE);
  const inMinute = String(inHour - minute * MINUTE).padStart(9, '0');
  return `${prefix}${pad2(minute)}:${inMinute.slice(0, 2)}.${inMinute.slice(2)}Z`;
}

let prefixKey = NaN;
let prefixText = '';

/** `2026-03-09T07:`; the last one is kept because records come hour by hour. */
function hourPrefix(base: number, hour: number): string {
  const key = base + (hour * HOUR) / MILLISECOND;
  if (key !== prefixKey) {
    prefixText = new Date(key).toISOString().slice(0, 14);
    prefixKey = key;
  }
  return prefixText;
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Whether an event goes into the login category; all others are repository events. */
export function isLogin(event: RegistryEvent): boolean {
  return event.target === undefined;
}

/**
 * One line, without its line feed, of the login or the repository category, in the shape of the one
 * real record that is public: blanks after the outer separators, none inside `properties`.
 */
export function registryLine(
  world: World,
  registry: Registry,
  calendar: Calendar,
  event: RegistryEvent,
): string {
  const category = isLogin(event)
    ? 'ContainerRegistryLoginEvents'
    : 'ContainerRegistryRepositoryEvents';
  const properties =
    event.target === undefined
      ? `{"jwtId":${jwtId(event)},"tenantId":"${world.tenant}"`
      : `${targetProperties(event.target)},"tenantId":"${world.tenant}"`;
  return (
    `{ "time": "${logTime(calendar, event.at)}", "category": "${category}", ` +
    `"resourceId": "${registry.resourceId}", "operationName": "${event.operation}", ` +
    `"identity": ${text(event.identity)}, "location": "${world.region}", ` +
    `"resultType": "HttpStatusCode", "resultDescription": ${text(event.status)}, ` +
    `"durationMs": "${event.durationMs}", "callerIpAddress": ${text(event.address)}, ` +
    `"correlationId": ${text(event.correlationId)}, "properties": ${properties},` +
    `"loginServer":"${registry.loginServer}","userAgent":${text(event.userAgent)}}, ` +
    `"RegionStamp": "${world.regionStamp}"}`
  );
}

/** A token is issued only when the login succeeds. */
function jwtId(event: RegistryEvent): string {
  return event.status === '200' ? text(event.correlationId) : `"${MISSING}"`;
}

function targetProperties(target: Target): string {
  const size = target.size === undefined ? '' : `,"size":${target.size}`;
  return (
    `{"tag":${text(target.tag)},"digest":${text(target.digest)},"mediaType":${text(target.mediaType)},` +
    `"repository":${text(target.repository)},"artifactType":"acr.docker"${size}`
  );
}

/** Printable ASCII without the quote and the backslash: needs no escape in JSON. */
const PLAIN = /^[ !#-[\]-~]+$/;

function text(value: string | undefined): string {
  if (value === undefined || value === '') return `"${MISSING}"`;
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** One exported sample of a platform metric. `samples` requests make up `total`. */
export interface MetricSample {
  readonly at: number;
  readonly name: string;
  readonly grain: 'PT1M' | 'PT1H';
  readonly total: number;
  readonly samples: number;
}

/** One line, without its line feed, of a registry's exported metrics. */
export function metricLine(registry: Registry, calendar: Calendar, sample: MetricSample): string {
  const each = sample.samples === 0 ? 0 : sample.total / sample.samples;
  return (
    `{"count":${Math.max(1, sample.samples)},"total":${sample.total},"minimum":${each},"maximum":${each},` +
    `"average":${each},"resourceId":"${registry.resourceId}","time":"${logTime(calendar, sample.at)}",` +
    `"metricName":"${sample.name}","timeGrain":"${sample.grain}"}`
  );
}

/** One step of an operation in the subscription's activity log. */
export interface ActivityEvent {
  readonly at: number;
  /** `MICROSOFT.COMPUTE/VIRTUALMACHINES/RESTART/ACTION` */
  readonly operation: string;
  readonly category: 'Write' | 'Delete' | 'Action';
  readonly eventCategory: 'Administrative' | 'Policy';
  readonly result: 'Start' | 'Success' | 'Failure';
  /** A person's e-mail address or an application's id. */
  readonly caller: string;
  readonly address: string;
  /** Lower case; written as it stands. */
  readonly resourceId: string;
  readonly correlationId: string;
  readonly durationMs: number;
}

const UPN = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn';

/** One line, without its line feed, of the activity log as exported to storage. */
export function activityLine(world: World, calendar: Calendar, event: ActivityEvent): string {
  const person = event.caller.includes('@');
  const done = event.result === 'Success';
  return JSON.stringify({
    time: logTime(calendar, event.at),
    resourceId: event.resourceId.toUpperCase(),
    operationName: event.operation,
    category: event.category,
    resultType: event.result,
    resultSignature: done ? 'Succeeded.OK' : event.result === 'Start' ? 'Started.' : 'Failed.',
    durationMs: event.durationMs,
    callerIpAddress: event.address,
    correlationId: event.correlationId,
    identity: {
      authorization: {
        scope: event.resourceId,
        action: event.operation,
        evidence: {
          role: person ? 'Owner' : 'Contributor',
          roleAssignmentScope: `/subscriptions/${world.subscription.toLowerCase()}`,
          principalType: person ? 'User' : 'ServicePrincipal',
        },
      },
      claims: person
        ? { [UPN]: event.caller, appidacr: '0' }
        : { appid: event.caller, appidacr: '1' },
    },
    level: event.result === 'Failure' ? 'Error' : 'Information',
    location: 'global',
    properties: {
      ...(done ? { statusCode: 'OK' } : {}),
      eventCategory: event.eventCategory,
      entity: event.resourceId,
      message: event.operation,
      hierarchy: world.tenant,
    },
  });
}
