import { app } from '@azure/functions';
import { showHealth } from './shared/show-health';

/** For a monitor outside the app, which asks without a login. It names streams and periods, never a person. */
app.http('health', { methods: ['GET'], authLevel: 'anonymous', handler: showHealth });
