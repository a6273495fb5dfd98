import type { Campaign, Draft, Readiness } from "../types";
import type { CampaignForm } from "../useCampaign";

export interface StepProps {
  form: CampaignForm;
  campaign: Campaign;
  draft: Draft;
  readOnly: boolean;
  /** `undefined` while the audience is counted for the first time. */
  readiness: Readiness | undefined;
  goTo: (step: string) => void;
}
