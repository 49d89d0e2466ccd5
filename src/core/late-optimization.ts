import { setFlagsFromString } from 'node:v8';

/*
 * To be imported first by the main file of a process that often lives for a second only. V8 in Node 20 begins to
 * optimize a function after it has run for a while, and a report of 1,000 rows is made before that pays: a third of its
 * processor time went into code that was hardly used. With ten times that while, 10,000 rows take a fifth less and
 * 100,000 as long as before (`npm run bench:render`). Later versions have a compiler in between and no such flag.
 */
const [major] = process.versions.v8.split('.');
if (Number(major) < 12) setFlagsFromString('--interrupt-budget=600000');
