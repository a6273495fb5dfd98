/** Events that jobs often wait for; any other name can be written. */
export const EVENTS = [
  ...["created", "scheduled", "started", "paused", "resumed", "completed", "cancelled"].map(
    (what) => `campaign.${what}`,
  ),
  ...["sent", "delivered", "opened", "clicked", "bounced"].map(
    (what) => `campaign.message.${what}`,
  ),
];
