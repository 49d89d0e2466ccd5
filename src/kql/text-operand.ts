import type { Arg, CallSite } from './sql-function';

/** The text that a string operator looks at; a dynamic is looked at as its text. */
export function textOf(arg: Arg, call: CallSite): string {
  if (arg.type === 'string') return arg.sql;
  if (arg.type === 'dynamic') return `coalesce(json_extract_string(${arg.sql}, '$'), '')`;
  throw call.refuse(`'${call.name}' of a ${arg.type}`, 'Convert it with tostring(…).');
}

/** Letters whose case means one thing to one program and another to the next: ı, İ, ſ, ẞ, ς, the Kelvin and Ångström signs. */
const DOUBTFUL_CASE = /[\u0131\u0130\u017f\u1e9e\u03c2\u212a\u212b]/;

/** Refuses a constant of such letters where case does not matter. */
export function refuseDoubtfulCase(value: unknown, call: CallSite): void {
  if (typeof value === 'string' && DOUBTFUL_CASE.test(value)) {
    throw call.refuse(`'${call.name}' of a letter such as İ`, 'Compare with its case.');
  }
}
