// Lets a child process of a test run the TypeScript sources: node --require this-file script.ts
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// A test starts many such processes, and compiling takes most of their time.
const cache = join(tmpdir(), 'tallyman-compiled-tests');
mkdirSync(cache, { recursive: true });

function compile(filename) {
  const source = readFileSync(filename, 'utf8');
  const file = join(cache, createHash('sha256').update(`${filename}\n${source}`).digest('hex'));
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Loaded only when something has changed: it takes longer than a whole process of cached files.
    const { transformSync } = require('@swc/core');
    const { code } = transformSync(source, {
      filename,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
    });
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
    return code;
  }
}

require.extensions['.ts'] = (module, filename) => {
  module._compile(compile(filename), filename);
};

// Dynamic imports name the compiled file.
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const fromSource = parent?.filename?.endsWith('.ts') && /^\.{1,2}\/.*\.js$/.test(request);
  const wanted = fromSource ? request.replace(/\.js$/, '') : request;
  return resolveFilename.call(this, wanted, parent, ...rest);
};
