import { Button, Skeleton } from "@mantine/core";
import { IconCloudCheck } from "@tabler/icons-react";
import { useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { post, useGet, useMay } from "../../shared/api";
import { say, sayError } from "../../shared/feedback";
import { time } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { EmptyState, InlineError, Page, useLate } from "../../shared/ui";
import { Wizard, type WizardStep } from "../../shared/wizard";
import { AudienceStep } from "./steps/AudienceStep";
import { ContentStep } from "./steps/ContentStep";
import { DetailsStep } from "./steps/DetailsStep";
import { OffersStep } from "./steps/OffersStep";
import { ReviewStep } from "./steps/ReviewStep";
import { ScheduleStep } from "./steps/ScheduleStep";
import { TestSend } from "./TestSend";
import type { Campaign, Draft, Readiness, StepKey } from "./types";
import { type CampaignForm, useCampaign } from "./useCampaign";
import { WizardRail } from "./WizardRail";
import { steps } from "./words";

/** The six steps of the campaign in the address; every change saves itself. */
export function CampaignWizard(): ReactNode {
  const { campaignId } = useParams({ strict: false }) as { campaignId: string };
  const { step } = useSearch({ strict: false }) as { step?: StepKey };
  return <Loader key={campaignId} id={campaignId} step={step ?? "details"} />;
}

function Loader({ id, step }: { id: string; step: StepKey }): ReactNode {
  const form = useCampaign(id);
  const go = useGo();
  const late = useLate(150);
  const { campaign, draft } = form;
  if (campaign && draft)
    return <Loaded form={form} campaign={campaign} draft={draft} step={step} />;
  return (
    <Page title={t("Campaign")} parents={[{ label: t("Campaigns"), href: "/campaigns" }]}>
      {form.loadError?.status === 404 ? (
        <EmptyState
          title={t("There is no such campaign")}
          text={t("It was deleted, or the link is wrong.")}
          action={<Button onClick={() => go("/campaigns")}>{t("Show all campaigns")}</Button>}
        />
      ) : form.loadError ? (
        <InlineError error={form.loadError} onRetry={form.reload} />
      ) : (
        late && (
          <div style={{ display: "grid", gap: 12, maxWidth: 640 }}>
            <Skeleton height={28} width={280} />
            <Skeleton height={30} />
            <Skeleton height={90} />
          </div>
        )
      )}
    </Page>
  );
}

interface LoadedProps {
  form: CampaignForm;
  campaign: Campaign;
  draft: Draft;
  step: StepKey;
}

function Loaded({ form, campaign, draft, step }: LoadedProps): ReactNode {
  const go = useGo();
  const readiness = useGet<Readiness>(`/campaigns/${campaign.id}/readiness`);
  const [testing, setTesting] = useState(false);
  const finish = useFinish(form, campaign, readiness.data);
  const all = steps();
  const at = all.findIndex((one) => one.key === step);
  const next = all[at + 1];
  const goTo = (key: string) => go(`/campaigns/${campaign.id}/edit?step=${key}`);
  const errors = (readiness.data?.problems ?? []).filter((one) => one.severity === "error");
  const here = errors.filter((one) => one.step === step);
  const readOnly = !useMay()("editContent") || !isEditable(campaign);
  const marks: WizardStep[] = all.map(({ key, label }, place) => ({
    key,
    label,
    state:
      errors.some((one) => one.step === key) && place < at
        ? "problem"
        : filled(draft, key) && key !== "review"
          ? "done"
          : "todo",
  }));
  const props = { form, campaign, draft, readOnly, readiness: readiness.data, goTo };
  return (
    <Wizard
      title={draft.name || campaign.name}
      parents={[{ label: t("Campaigns"), href: "/campaigns" }]}
      steps={marks}
      current={step}
      onStep={goTo}
      saved={<Saved form={form} campaign={campaign} />}
      problem={
        step !== "review" && here.length > 0
          ? here.length === 1
            ? here[0]?.message
            : tn(here.length, "{n} problem on this step", "{n} problems on this step")
          : undefined
      }
      onBack={at > 0 ? () => goTo(all[at - 1]?.key ?? "details") : undefined}
      extra={
        step === "review" && (
          <Button onClick={() => setTesting(true)} disabled={readOnly}>
            {t("Send me a test…")}
          </Button>
        )
      }
      primary={
        next
          ? {
              label: t("Continue to {step}", {
                step: next.label.toLowerCase().split(" ")[0] ?? "",
              }),
              onClick: () => goTo(next.key),
            }
          : finish
      }
      rail={<WizardRail {...props} review={step === "review"} counting={readiness.isFetching} />}
    >
      {readOnly && !isEditable(campaign) && (
        <p style={{ color: "var(--m-text2)", marginBottom: 12 }}>
          {t(
            "This campaign has started: it can be looked at, not changed. Duplicate it to send something similar.",
          )}
        </p>
      )}
      {step === "details" && <DetailsStep {...props} />}
      {step === "audience" && <AudienceStep {...props} />}
      {step === "offers" && <OffersStep {...props} />}
      {step === "content" && <ContentStep {...props} />}
      {step === "schedule" && <ScheduleStep {...props} />}
      {step === "review" && <ReviewStep {...props} error={readiness.error} />}
      <TestSend campaign={campaign} opened={testing} onClose={() => setTesting(false)} />
    </Wizard>
  );
}

const isEditable = (campaign: Campaign) =>
  campaign.status === "draft" || campaign.status === "scheduled";

/** What the last step's button does: submit, or schedule where nobody has to agree. */
function useFinish(form: CampaignForm, campaign: Campaign, readiness: Readiness | undefined) {
  const go = useGo();
  const may = useMay();
  const [acting, setActing] = useState(false);
  const stops = (readiness?.problems ?? []).filter((one) => one.severity === "error").length;
  const detail = `/campaigns/${campaign.id}`;
  const open = { label: t("Go to the campaign"), onClick: () => go(detail) };
  if (!isEditable(campaign) || campaign.status === "scheduled") return open;
  if (campaign.approvalStatus === "pending" || campaign.approvalStatus === "approved") return open;
  const reason = !may("runCampaigns")
    ? t("Managers submit campaigns")
    : !readiness
      ? t("Counting the audience…")
      : stops > 0
        ? tn(stops, "{n} problem to fix first", "{n} problems to fix first")
        : undefined;
  const act = async () => {
    setActing(true);
    try {
      await form.save();
      const done = await post<Campaign>(`/campaigns/${campaign.id}/submit`, {});
      say(
        done.approvalStatus === "pending"
          ? t("Submitted. Approvers see it in their inbox.")
          : done.status === "scheduled"
            ? t("Scheduled.")
            : t("Ready to start."),
      );
      form.reload();
      go(detail);
    } catch (cause) {
      sayError(cause);
    } finally {
      setActing(false);
    }
  };
  return {
    label: readiness?.approvalRequired === false ? t("Finish campaign") : t("Submit for approval"),
    onClick: () => void act(),
    loading: acting,
    reason,
  };
}

/** Whether a step has something in it, so that it shows as done when visited in any order. */
function filled(draft: Draft, step: StepKey): boolean {
  switch (step) {
    case "details":
      return draft.name !== "";
    case "audience":
      return draft.segments.some((one) => one.role === "include");
    case "offers":
      return draft.offers.length > 0;
    case "content":
      return Boolean(draft.offers.length > 0 || draft.templateId || draft.content?.textBody);
    case "schedule":
      return draft.scheduledAt !== null || draft.throttleConfig !== null;
    case "review":
      return false;
  }
}

function Saved({ form, campaign }: { form: CampaignForm; campaign: Campaign }): ReactNode {
  if (form.saveError) {
    return (
      <span style={{ color: "var(--m-bad)" }} title={form.saveError.message}>
        {t("Not saved: {reason}", { reason: form.saveError.message })}
      </span>
    );
  }
  if (form.saving || form.dirty) return t("Saving…");
  const at = form.savedAt ?? campaign.updatedAt;
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 8 }}>
      <IconCloudCheck size={16} stroke={1.6} aria-hidden />
      {t("Draft saved {time}", { time: time(at) })}
    </span>
  );
}
