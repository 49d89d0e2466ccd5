import type { HttpRequest } from '@azure/functions';

/** Who App Service authentication says is there. */
export interface Visitor {
  /** The object id in Entra ID. */
  readonly id: string;
  /** For people: a user principal name, or the object id where none came. */
  readonly name: string;
  readonly roles: readonly string[];
}

interface ClientPrincipal {
  readonly role_typ?: unknown;
  readonly claims?: unknown;
}

/** One value: a header that was sent twice is joined with a comma. */
const ID = /^[A-Za-z0-9-]{1,128}$/;
const ROLE_TYPES = ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'];

/**
 * Reads the headers that App Service authentication sets, and takes out of what visitors send. Undefined when
 * nobody is logged in, or when the headers are not what it writes.
 */
export function visitorOf(request: Pick<HttpRequest, 'headers'>): Visitor | undefined {
  const id = request.headers.get('x-ms-client-principal-id');
  if (id === null || !ID.test(id)) return undefined;
  const principal = request.headers.get('x-ms-client-principal');
  const name = request.headers.get('x-ms-client-principal-name')?.trim();
  const visitor = { id, name: name === undefined || name === '' ? id : name };
  if (principal === null) return { ...visitor, roles: [] };
  const roles = rolesIn(principal);
  return roles === undefined ? undefined : { ...visitor, roles };
}

function rolesIn(header: string): string[] | undefined {
  try {
    const text = Buffer.from(header, 'base64').toString('utf8');
    const { claims, role_typ } = JSON.parse(text) as ClientPrincipal;
    if (!Array.isArray(claims)) return undefined;
    const types = [...ROLE_TYPES, role_typ];
    return claims.flatMap((claim: unknown) => {
      const { typ, val } = (claim ?? {}) as { typ?: unknown; val?: unknown };
      return typeof val === 'string' && types.includes(typ) ? [val] : [];
    });
  } catch {
    return undefined;
  }
}
