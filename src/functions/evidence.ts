import { app } from '@azure/functions';
import { showEvidence } from './shared/show-evidence';

// A stream's ZIP file can be larger than the memory of an instance.
app.setup({ enableHttpStream: true });

/** The evidence page. App Service authentication stands in front of it, so the host asks for no key. */
app.http('evidence', {
  methods: ['GET', 'HEAD'],
  route: 'evidence/{*path}',
  authLevel: 'anonymous',
  handler: showEvidence,
});
