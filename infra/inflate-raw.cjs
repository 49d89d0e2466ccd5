// Node's own decompressor, called as tiny-inflate is: from `source` into `dest`, and gives what of it was filled.
const { inflateRawSync } = require('node:zlib');

module.exports = (source, dest) => {
  const bytes = inflateRawSync(source);
  dest.set(bytes);
  return dest.subarray(0, bytes.length);
};
