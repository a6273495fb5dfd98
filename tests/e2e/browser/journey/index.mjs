// The whole job of Muster as people do it: from a spreadsheet of customers to answered replies. Each step stands on the
// ones before it.
import { after, before } from 'node:test';
import { steps } from '../../support/step.mjs';
import { openWorld } from './world.mjs';
import { peopleSteps } from './people.mjs';
import { customerSteps } from './customers.mjs';

const parts = [peopleSteps, customerSteps];

/** Registers the steps for one engine: `sqlite` or `postgres`. */
export function journey(engine) {
  const world = {};
  before(async () => Object.assign(world, await openWorld(engine)));
  after(() => world.close?.());
  const step = steps(() => world.browser);
  for (const part of parts) part(step, world);
}
