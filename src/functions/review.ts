import { app } from '@azure/functions';
import { receiveReview } from './shared/receive-review';

/** Sign-offs from the evidence page’s form. App Service authentication stands in front, so the host asks for no key. */
app.http('review', {
  methods: ['POST'],
  route: 'review',
  authLevel: 'anonymous',
  handler: receiveReview,
});
