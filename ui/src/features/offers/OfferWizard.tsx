import { Button } from "@mantine/core";
import { IconCloudCheck } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useMay } from "../../shared/api";
import { sayError } from "../../shared/feedback";
import { time } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { EmptyState, InlineError, Loading, Page } from "../../shared/ui";
import { Wizard, type WizardStep } from "../../shared/wizard";
import { BaseStep } from "./steps/BaseStep";
import { CreativesStep } from "./steps/CreativesStep";
import { ProductsStep } from "./steps/ProductsStep";
import { ReviewStep } from "./steps/ReviewStep";
import { RewardsStep } from "./steps/RewardsStep";
import { TrackingStep } from "./steps/TrackingStep";
import type { OfferDetail, StepKey } from "./types";
import { type OfferForm, useOffer } from "./useOffer";
import { steps } from "./words";

interface OfferWizardProps {
  id: string;
  step: StepKey | undefined;
}

/** One offer, step by step. A draft is saved while it is written; an offer in use becomes its next version when told to. */
export function OfferWizard({ id, step }: OfferWizardProps): ReactNode {
  const form = useOffer(id);
  const go = useGo();
  const parents = [{ label: t("Offers"), href: "/offers" }];
  const { offer, draft } = form;
  if (!offer || !draft) {
    return (
      <Page title={t("Offer")} parents={parents}>
        {form.loadError?.status === 404 ? (
          <EmptyState
            title={t("There is no such offer")}
            text={t("It was deleted, or the link is wrong.")}
            action={<Button onClick={() => go("/offers")}>{t("Show all offers")}</Button>}
          />
        ) : form.loadError ? (
          <InlineError error={form.loadError} onRetry={form.reload} />
        ) : (
          <Loading />
        )}
      </Page>
    );
  }
  const current = step ?? (offer.status === "draft" ? "base" : "review");
  return <Loaded form={form} offer={offer} current={current} parents={parents} />;
}

interface LoadedProps {
  form: OfferForm;
  offer: OfferDetail;
  current: StepKey;
  parents: { label: string; href: string }[];
}

function Loaded({ form, offer, current, parents }: LoadedProps): ReactNode {
  const go = useGo();
  const may = useMay()("editContent");
  const [acting, setActing] = useState(false);
  const all = steps();
  const at = all.findIndex((one) => one.key === current);
  const next = all[at + 1];
  const goTo = (key: string) => go(`/offers/${offer.id}?step=${key}`);
  const errors = offer.problems.filter((problem) => problem.severity === "error");
  const here = errors.filter((problem) => problem.step === current).length;
  const locked = !may || offer.status === "archived";
  const marks: WizardStep[] = all.map(({ key, label }, place) => {
    const broken = errors.some((problem) => problem.step === key);
    const done = place < at || filled(offer, key);
    return {
      key,
      label,
      state: broken && (done || place < at) ? "problem" : done ? "done" : "todo",
    };
  });
  const act = async (more: Record<string, unknown>) => {
    setActing(true);
    try {
      await form.save(more);
    } catch (cause) {
      sayError(cause);
    } finally {
      setActing(false);
    }
  };
  const props = { form, draft: form.draft ?? offer, offer, readOnly: locked, goTo };
  return (
    <Wizard
      title={form.draft?.name || offer.name}
      parents={parents}
      steps={marks}
      current={current}
      onStep={goTo}
      saved={<Saved form={form} offer={offer} />}
      problem={
        current !== "review" && here > 0
          ? tn(here, "{n} problem on this step", "{n} problems on this step")
          : undefined
      }
      onBack={at > 0 ? () => goTo(all[at - 1]?.key ?? "base") : undefined}
      extra={
        offer.status === "active" &&
        form.dirty && (
          <Button loading={acting} onClick={() => void act({})}>
            {t("Publish version {version}", { version: offer.version + 1 })}
          </Button>
        )
      }
      primary={primaryOf()}
    >
      {current === "base" && <BaseStep {...props} />}
      {current === "products" && <ProductsStep {...props} />}
      {current === "creatives" && <CreativesStep {...props} />}
      {current === "rewards" && <RewardsStep {...props} />}
      {current === "tracking" && <TrackingStep {...props} />}
      {current === "review" && <ReviewStep {...props} />}
    </Wizard>
  );

  function primaryOf() {
    if (next) {
      const label = t("Continue to {step}", { step: next.label.toLowerCase() });
      return { label, onClick: () => goTo(next.key) };
    }
    if (offer.status === "active") {
      return { label: t("Back to all offers"), onClick: () => go("/offers") };
    }
    const reason = locked
      ? offer.status === "archived"
        ? t("The offer is archived")
        : t("Managers put offers to use")
      : errors.length > 0
        ? tn(errors.length, "{n} problem has to be mended", "{n} problems have to be mended")
        : undefined;
    return {
      label: t("Put offer to use"),
      onClick: () => void act({ status: "active" }),
      loading: acting,
      reason,
    };
  }
}

/** Whether a step has something in it, so that it shows as done when visited in any order. */
function filled(offer: OfferDetail, step: StepKey): boolean {
  switch (step) {
    case "base":
      return offer.name !== "";
    case "products":
      return offer.products.length > 0;
    case "creatives":
      return offer.creatives.length > 0;
    case "rewards":
      return offer.rewards.length > 0;
    case "tracking":
      return offer.trackingSources.length > 0 || offer.codeMode !== "none";
    case "review":
      return offer.status === "active";
  }
}

function Saved({ form, offer }: { form: OfferForm; offer: OfferDetail }): ReactNode {
  const version = t("version {version}", { version: offer.version });
  if (form.saveError) {
    return (
      <span style={{ color: "var(--m-bad)" }}>
        {t("Not saved: {reason}", { reason: form.saveError.message })}
      </span>
    );
  }
  if (form.saving) return t("Saving…");
  if (offer.status === "active") {
    return form.dirty
      ? t("Not published yet · {version} is in use", { version })
      : t("In use · {version}", { version });
  }
  if (offer.status === "archived") return t("Archived · {version}", { version });
  const at = form.savedAt ?? offer.updatedAt;
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 8 }}>
      <IconCloudCheck size={16} stroke={1.6} aria-hidden />
      {form.dirty
        ? t("Saving soon…")
        : `${t("Draft saved {time}", { time: time(at) })} · ${version}`}
    </span>
  );
}
