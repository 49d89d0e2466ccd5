// In place of parts of libraries that no report needs; bundle-code.mjs says which and why.
const leftOut = () => {
  throw new Error('this part is not in the package: see infra/bundle-code.mjs');
};
module.exports = Object.assign(leftOut, { default: leftOut, cbc: leftOut, ecb: leftOut });
