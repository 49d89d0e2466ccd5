/** What to do about a dynamic where a value of a known type is wanted. */
export const CONVERT_DYNAMIC = 'Convert it with tostring(…), tolong(…) or todatetime(…).';
