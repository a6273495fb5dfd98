// The whole job of Muster as people do it: from a spreadsheet of customers to answered replies. Each step stands on the
// ones before it.
import { after, before } from 'node:test';
import { steps } from '../../support/step.mjs';
import { openWorld } from './world.mjs';
import { peopleSteps } from './people.mjs';
import { customerSteps } from './customers.mjs';
import { segmentSteps } from './segments.mjs';
import { offerSteps } from './offer.mjs';
import { sendingSetupSteps } from './sending-setup.mjs';
import { campaignSteps } from './campaign.mjs';
import { sendingSteps } from './sending.mjs';
import { trackingSteps } from './tracking.mjs';
import { replySteps } from './replies.mjs';
import { reportSteps } from './report.mjs';

export const parts = [
  peopleSteps,
  customerSteps,
  segmentSteps,
  offerSteps,
  sendingSetupSteps,
  campaignSteps,
  sendingSteps,
  trackingSteps,
  replySteps,
  reportSteps,
];

/** Registers the steps for one engine: `sqlite` or `postgres`. */
export function journey(engine) {
  const world = {};
  before(async () => Object.assign(world, await openWorld(engine)));
  after(() => world.close?.());
  const step = steps(() => world.browser);
  for (const part of parts) part(step, world);
}
