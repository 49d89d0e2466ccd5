import type { Der } from './der';
import { DerError, TAG, childrenOf, expectTag, oidOf, readDer } from './der';

const SHA256 = '2.16.840.1.101.3.4.2.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';

/** Larger time stamps than this are none; in bytes. */
const LARGEST = 1024 * 1024;

/** What an RFC 3161 time stamp says, and what its signature is over. */
export interface TimeStamp {
  /** Lower-case hex: SHA-256 of what was stamped. */
  readonly imprint: string;
  /** When the authority saw it, as ISO 8601 text in UTC, to the second. */
  readonly time: string;
  /** Lower-case hex: the number by which a request knows its answer, where there is one. */
  readonly nonce: string | undefined;
  readonly signed: SignedTimeStamp;
}

/** What is needed to check an authority’s signature; of DER, in the words of RFC 5652. */
export interface SignedTimeStamp {
  /** The content that the attributes name the digest of. */
  readonly content: Uint8Array;
  readonly contentDigest: { readonly algorithm: string; readonly digest: Uint8Array };
  /** The signed attributes as they were signed: a SET OF. */
  readonly attributes: Uint8Array;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  /** The certificates that came with it, each in DER. */
  readonly certificates: readonly Uint8Array[];
  /** Issuer and serial number of the signer’s certificate, in DER. */
  readonly signer: { readonly issuer: Uint8Array; readonly serial: Uint8Array };
}

/** The time stamp of a granted TimeStampResp, or, as a string, why the bytes are none. Never throws. */
export function parseTimeStamp(bytes: Uint8Array): TimeStamp | string {
  if (bytes.length > LARGEST) return 'it is larger than any';
  try {
    const [status, token] = childrenOf(expectTag(readDer(bytes), TAG.sequence));
    const [code] = childrenOf(expectTag(status, TAG.sequence));
    const granted = expectTag(code, TAG.integer).content;
    // 0 is granted, 1 is granted with modifications: RFC 3161, section 2.4.2.
    if (granted.length !== 1 || (granted[0] ?? 2) > 1) {
      return `the authority refused, with status ${String(granted[0] ?? 'unknown')}`;
    }
    return readToken(expectTag(token, TAG.sequence));
  } catch (error) {
    if (error instanceof DerError) return error.message;
    throw error;
  }
}

function readToken(token: Der): TimeStamp {
  const [type, explicit] = childrenOf(token);
  if (oidOf(type) !== SIGNED_DATA) throw new DerError('it is not signed data');
  const signedData = only(expectTag(explicit, TAG.context(0)));
  const parts = childrenOf(expectTag(signedData, TAG.sequence));
  const content = readContent(parts[2]);
  const certificates = parts.find(({ tag }) => tag === TAG.context(0));
  const signerInfo = only(expectTag(parts.at(-1), TAG.set));
  return {
    ...readInfo(content),
    signed: {
      content,
      ...readSigner(signerInfo),
      certificates: (certificates ? childrenOf(certificates) : []).map(({ whole }) => whole),
    },
  };
}

function readContent(encapsulated: Der | undefined): Uint8Array {
  const [type, explicit] = childrenOf(expectTag(encapsulated, TAG.sequence));
  if (oidOf(type) !== TST_INFO) throw new DerError('it is signed, and no time stamp');
  return expectTag(only(expectTag(explicit, TAG.context(0))), TAG.octetString).content;
}

function readInfo(content: Uint8Array): Pick<TimeStamp, 'imprint' | 'time' | 'nonce'> {
  const [, , imprint, , time, ...optional] = childrenOf(expectTag(readDer(content), TAG.sequence));
  const [algorithm, digest] = childrenOf(expectTag(imprint, TAG.sequence));
  if (oidOf(childrenOf(expectTag(algorithm, TAG.sequence))[0]) !== SHA256) {
    throw new DerError('its imprint is not one of SHA-256');
  }
  const text = Buffer.from(expectTag(time, TAG.generalizedTime).content).toString('latin1');
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(text)?.slice(1);
  if (parts === undefined) throw new DerError('its time is none');
  const [year, month, day, hour, minute, second] = parts;
  const nonce = optional.find(({ tag }) => tag === TAG.integer);
  return {
    imprint: Buffer.from(expectTag(digest, TAG.octetString).content).toString('hex'),
    nonce: nonce && Buffer.from(nonce.content).toString('hex'),
    time: `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}.000Z`,
  };
}

function readSigner(info: Der): Omit<SignedTimeStamp, 'content' | 'certificates'> {
  const [, identifier, digestAlgorithm, attributes, signatureAlgorithm, signature] = childrenOf(
    expectTag(info, TAG.sequence),
  );
  const [issuer, serial] = childrenOf(expectTag(identifier, TAG.sequence));
  const signed = expectTag(attributes, TAG.context(0));
  const values = new Map(childrenOf(signed).map((attribute) => readAttribute(attribute)));
  const type = values.get(CONTENT_TYPE);
  if (type === undefined || oidOf(type) !== TST_INFO) {
    throw new DerError('its signature is over another kind of content');
  }
  return {
    contentDigest: {
      algorithm: algorithmOf(digestAlgorithm),
      digest: expectTag(values.get(MESSAGE_DIGEST), TAG.octetString).content,
    },
    // Signed as the SET that it is, whatever tag it has here: RFC 5652, 5.4.
    attributes: Buffer.concat([Buffer.from([TAG.set]), signed.whole.subarray(1)]),
    signatureAlgorithm: algorithmOf(signatureAlgorithm),
    signature: expectTag(signature, TAG.octetString).content,
    signer: {
      issuer: expectTag(issuer, TAG.sequence).whole,
      serial: expectTag(serial, TAG.integer).content,
    },
  };
}

function readAttribute(attribute: Der): [string, Der] {
  const [type, values] = childrenOf(expectTag(attribute, TAG.sequence));
  return [oidOf(type), only(expectTag(values, TAG.set))];
}

function algorithmOf(value: Der | undefined): string {
  return oidOf(childrenOf(expectTag(value, TAG.sequence))[0]);
}

function only(value: Der): Der {
  const [one, ...more] = childrenOf(value);
  if (one === undefined || more.length > 0) throw new DerError('expected one value');
  return one;
}
