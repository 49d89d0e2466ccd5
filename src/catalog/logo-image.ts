import type { Logo } from '../core/definitions';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Grey, RGB and palette; the others have transparency. */
const OPAQUE_PNG = [0, 2, 3];

/** Frame headers of JPEG but for those of lossless and arithmetic coding: ITU-T T.81, table B.1. */
const JPEG_FRAMES = [0xc0, 0xc1, 0xc2];

/** What a picture is and how large, from its head; undefined when a PDF/A could not hold it as it is. */
export function imageOf(content: Buffer): Omit<Logo, 'base64'> | undefined {
  return content.subarray(0, 8).equals(PNG) ? pngOf(content) : jpegOf(content);
}

function pngOf(content: Buffer): Omit<Logo, 'base64'> | undefined {
  if (content.byteLength < 33 || content.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const [width, height] = [content.readUInt32BE(16), content.readUInt32BE(20)];
  const [depth, colour, interlace] = [content[24], content[25], content[28]];
  const transparent = !OPAQUE_PNG.includes(colour ?? -1) || content.includes('tRNS', 0, 'latin1');
  if (transparent || depth === 16 || interlace !== 0) return undefined;
  return sized('image/png', width, height);
}

function jpegOf(content: Buffer): Omit<Logo, 'base64'> | undefined {
  if (content.byteLength < 4 || content.readUInt16BE(0) !== 0xffd8) return undefined;
  let at = 2;
  while (at + 9 < content.byteLength && content[at] === 0xff) {
    if (JPEG_FRAMES.includes(content[at + 1] ?? 0)) {
      const components = content[at + 9];
      if (components !== 1 && components !== 3) return undefined;
      return sized('image/jpeg', content.readUInt16BE(at + 7), content.readUInt16BE(at + 5));
    }
    at += 2 + content.readUInt16BE(at + 2);
  }
  return undefined;
}

function sized(
  type: Logo['type'],
  width: number,
  height: number,
): Omit<Logo, 'base64'> | undefined {
  return width > 0 && height > 0 ? { type, width, height } : undefined;
}
