import { X509Certificate, createHash, verify } from 'node:crypto';

import { TallymanError } from '../core/errors';
import { TAG, childrenOf, expectTag, readDer } from './der';
import type { TimeStamp } from './time-stamp-token';

const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
/** Longer chains of certificates than this are not followed. */
const LONGEST_CHAIN = 8;

const DIGESTS: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
/** The digest that a signature algorithm implies; undefined for RSA, which takes that of the content. */
const SIGNATURES: Readonly<Record<string, string | undefined>> = {
  '1.2.840.113549.1.1.1': undefined,
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

/** Certificates that an auditor trusts to stand behind time stamps. */
export interface TrustedAuthorities {
  readonly certificates: readonly X509Certificate[];
}

/** The certificates of a PEM file. Throws ARGUMENT_INVALID when there is none. */
export function parseAuthorities(pem: string): TrustedAuthorities {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length === 0) throw new Error('it has no certificate');
    return { certificates: blocks.map((block) => new X509Certificate(block)) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TallymanError(
      'ARGUMENT_INVALID',
      `The time stamp authority’s file can’t be used: ${reason}.`,
      {
        hint: 'Give a file of certificates in PEM, as the authority publishes it.',
        cause,
      },
    );
  }
}

/**
 * Why a time stamp was not made by an authority that is trusted, or undefined when it was. Certificates are
 * judged at the time that the stamp says, so that it holds after they have expired; whether one was revoked is
 * not asked. Never throws over the stamp.
 */
export function authorityProblem(
  { signed, time }: TimeStamp,
  trusted: TrustedAuthorities,
): string | undefined {
  try {
    const own = signed.certificates.map((der) => new X509Certificate(der));
    const signer = [...own, ...trusted.certificates].find((certificate) =>
      isOf(certificate, signed.signer),
    );
    if (signer === undefined) return 'the certificate of its signer is not in it';
    if (!keyUsageOf(signer).includes(TIME_STAMPING))
      return 'its signer’s certificate is not for time stamps';
    if (!isSigned(signed, signer)) return 'its signature is not one of its certificate';
    return chainProblem(signer, own, trusted.certificates, Date.parse(time));
  } catch (error) {
    return `it can’t be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isSigned(signed: TimeStamp['signed'], signer: X509Certificate): boolean {
  const digest = DIGESTS[signed.contentDigest.algorithm];
  if (digest === undefined || !(signed.signatureAlgorithm in SIGNATURES)) return false;
  const found = createHash(digest).update(signed.content).digest();
  const signatureDigest = SIGNATURES[signed.signatureAlgorithm] ?? digest;
  return (
    found.equals(signed.contentDigest.digest) &&
    verify(signatureDigest, signed.attributes, signer.publicKey, signed.signature)
  );
}

/** Follows the issuers from a certificate up to a trusted one. */
function chainProblem(
  signer: X509Certificate,
  own: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  time: number,
): string | undefined {
  let certificate = signer;
  for (let steps = 0; steps < LONGEST_CHAIN; steps += 1) {
    const { validFrom, validTo, subject } = certificate;
    if (time < Date.parse(validFrom) || time > Date.parse(validTo)) {
      return `a certificate (${subject.replaceAll('\n', ', ')}) was not valid at its time`;
    }
    if (trusted.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) {
      return undefined;
    }
    const below = certificate;
    const issuer = [...trusted, ...own].find(
      (one) => one.ca && below.checkIssued(one) && below.verify(one.publicKey),
    );
    if (issuer === undefined) break;
    certificate = issuer;
  }
  return 'no authority that was given stands behind its certificate';
}

/** What a certificate may be used for, as object identifiers. */
function keyUsageOf(certificate: X509Certificate): readonly string[] {
  // Undefined when the certificate does not say, whatever the type declares.
  return [certificate.keyUsage].flat();
}

/** Whether a certificate has this issuer and serial number. */
function isOf(
  { raw }: X509Certificate,
  { issuer, serial }: TimeStamp['signed']['signer'],
): boolean {
  const [body] = childrenOf(expectTag(readDer(raw), TAG.sequence));
  const fields = childrenOf(expectTag(body, TAG.sequence));
  // The version, [0], may be left out.
  const first = fields[0]?.tag === TAG.context(0) ? 1 : 0;
  const [number, , name] = fields.slice(first);
  return (
    number !== undefined &&
    name !== undefined &&
    Buffer.from(serial).equals(number.content) &&
    Buffer.from(issuer).equals(name.whole)
  );
}
