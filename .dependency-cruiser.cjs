const layer = (name, from, allowed, note) => ({
  name,
  comment: note,
  severity: 'error',
  from: { path: `^src/(${from})` },
  to: { path: '^src/', pathNot: `^src/(${allowed})` },
});

/** Imports go down only: functions, cli, web → compose → run → the rest → kql, samples → core. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    layer('core-is-pure', 'core/', 'core/', 'core imports nothing but core'),
    layer('kql-knows-no-registry', 'kql/', 'kql/|core/', 'the engine stands alone'),
    layer('samples', 'samples/', 'samples/|core/', 'the generator stands alone'),
    layer('catalog', 'catalog/', 'catalog/|kql/|core/', 'sibling folders do not import each other'),
    layer('logs', 'logs/', 'logs/|kql/|core/', 'sibling folders do not import each other'),
    layer('assess', 'assess/', 'assess/|core/', 'sibling folders do not import each other'),
    layer('render', 'render/', 'render/|core/', 'sibling folders do not import each other'),
    layer('archive', 'archive/', 'archive/|core/', 'sibling folders do not import each other'),
    layer('mail', 'mail/', 'mail/|core/', 'sibling folders do not import each other'),
    layer(
      'run',
      'run/',
      'run/|catalog/|logs/|assess/|render/|archive/|mail/|kql/|core/',
      'use cases never reach up',
    ),
    layer(
      'settings',
      'settings.ts',
      'settings.ts|settings-table.ts|core/',
      'settings know no parts',
    ),
    layer('machine', 'machine.ts', 'settings.ts|kql/|core/', 'clock, random and folders'),
    layer(
      'compose',
      'compose.ts|open-|shipped.ts',
      'open-|shipped.ts|machine.ts|azure-clients.ts|settings.ts|run/|catalog/|logs/|assess/|render/|archive/|mail/|samples/|kql/|core/',
      'compose wires parts, never entry points',
    ),
    {
      name: 'sdk-only-in-adapters',
      comment: 'An Azure SDK is imported only by the file that adapts it',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot:
          '^src/(functions/|azure-clients\\.ts|logs/query-api\\.ts|logs/arm-client\\.ts|logs/canary-login\\.ts|logs/blob-sink\\.ts|logs/blob-tree\\.ts|archive/blob-store\\.ts|archive/blob-retention\\.ts|archive/blob-eraser\\.ts|archive/container-policy\\.ts|archive/key-vault-signer\\.ts|mail/azure-communication\\.ts)',
      },
      to: { path: 'node_modules/@azure' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node'] },
  },
};
