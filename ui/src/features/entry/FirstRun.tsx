import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { get } from "../../shared/api";
import { t } from "../../shared/i18n";
import { InlineError, useTitle } from "../../shared/ui";
import { AdminStep } from "./AdminStep";
import { DataStep } from "./DataStep";
import classes from "./entry.module.css";
import { Guide } from "./Guide";
import { SampleStep } from "./SampleStep";
import type { SetupState } from "./setup";

/** Where data is kept → who runs it → something to look at. Nothing is sent anywhere. */
export function FirstRun(): ReactNode {
  useTitle(t("Set up Muster"));
  const setup = useQuery({ queryKey: ["setup"], queryFn: () => get<SetupState>("/setup") });
  const [step, setStep] = useState<1 | 2 | 3>(1);
  if (setup.data && !setup.data.isNeeded && step < 3) return <Navigate to="/sign-in" />;
  return (
    <div className={classes.first}>
      <Guide step={step} setup={setup.data} />
      <main className={classes.work}>
        {setup.isError && <InlineError error={setup.error} onRetry={() => setup.refetch()} />}
        {setup.data && step === 1 && <DataStep setup={setup.data} onNext={() => setStep(2)} />}
        {setup.data && step === 2 && (
          <AdminStep setup={setup.data} onBack={() => setStep(1)} onDone={() => setStep(3)} />
        )}
        {step === 3 && <SampleStep />}
      </main>
    </div>
  );
}
