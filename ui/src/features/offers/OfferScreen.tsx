import { useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { OfferWizard } from "./OfferWizard";
import type { StepKey } from "./types";

/** The wizard of the offer in the address. */
export function OfferScreen(): ReactNode {
  const { offerId } = useParams({ strict: false }) as { offerId: string };
  const { step } = useSearch({ strict: false }) as { step?: StepKey };
  return <OfferWizard key={offerId} id={offerId} step={step} />;
}
