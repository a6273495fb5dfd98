import type { Draft, OfferDetail } from "../types";
import type { OfferForm } from "../useOffer";

/** What every step of the wizard gets. */
export interface StepProps {
  form: OfferForm;
  draft: Draft;
  /** As it was saved last, with its problems. */
  offer: OfferDetail;
  readOnly: boolean;
  goTo: (step: string) => void;
}
