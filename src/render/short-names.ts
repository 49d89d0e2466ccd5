import { shortDigests } from './format';

const RESOURCE = /\/subscriptions\/[0-9a-f-]{36}(\/[^\s,;]*)?/gi;
const GROUP = /^\/resourcegroups\/[^/]{1,90}(?=\/providers\/)/i;
/** Resources that belong to what their path names before them, be it a group or a subscription. */
const ON_GROUP = /^\/resourcegroups\/[^/]{1,90}\/providers\/microsoft\.(authorization|insights)\//i;

/**
 * Sentences with Azure's resource ids as `registries/contoso/diagnosticsettings/audit`: without providers, and without
 * subscription and resource group where it is not these that something was done to.
 */
export function shortResources(text: string): string {
  return text.replace(RESOURCE, (whole, path: string | undefined) => {
    if (path === undefined || !/\/providers\//i.test(path)) return whole;
    const plain = (part: string): string => part.replace(/\/providers\/[^/]{1,90}/gi, '');
    if (ON_GROUP.test(path)) return plain(path).slice(1);
    return GROUP.test(path) ? plain(path.replace(GROUP, '')).slice(1) : plain(whole);
  });
}

/** A sentence with long names cut to what people know them by; the values of a finding are told whole elsewhere. */
export function shortNames(text: string): string {
  return shortDigests(shortResources(text));
}
