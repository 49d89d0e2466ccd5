// In place of tiny-inflate, which unpacks tables of Unicode's characters in JavaScript whenever fontkit is loaded.
const { inflateRawSync } = require('node:zlib');

module.exports = (source) => new Uint8Array(inflateRawSync(source));
