import type { ReactNode } from "react";
import { RhythmFields } from "../../../shared/form";
import { Moments } from "../Moments";
import { useRecurrence } from "../useRecurrence";
import type { StepProps } from "./props";

/** Mondays at nine. */
const USUAL = { hour: 9, minute: 0, days: [1] };

/** How often a campaign recurs, and when it would next. */
export function Repeats({ form, draft, readOnly }: StepProps): ReactNode {
  const found = useRecurrence(draft);
  const refused = form.saveError?.details.find((one) => one.path === "recurringSchedule")?.message;
  return (
    <>
      <RhythmFields
        value={draft.recurringSchedule?.cron ?? ""}
        onChange={(cron) => form.set({ recurringSchedule: cron.trim() === "" ? null : { cron } })}
        usual={USUAL}
        readOnly={readOnly}
        problem={refused ?? found?.problem}
      />
      {found && found.nextMoments.length > 0 && <Moments moments={found.nextMoments} />}
    </>
  );
}
