import { describeByteDamage } from './byte-damage';

/** A sample of what `npm run test:faults` does to every byte. */
describeByteDamage({
  bytesOf: (length) => new Set([0, 1, 2, 3].map((quarter) => Math.floor((quarter * length) / 4))),
  cutsOf: (length) => [length - 1],
  namesOf: (path) => [path.toUpperCase()],
  swaps: 'of a kind',
  overwrites: 40,
});
