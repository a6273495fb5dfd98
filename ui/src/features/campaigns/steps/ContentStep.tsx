import { Checkbox, Select, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useList } from "../../../shared/api";
import { ChoiceCards, Fields } from "../../../shared/form";
import { t, tn } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import { Callout, PageHeader, SectionTitle } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import { AbTestEditor } from "./AbTestEditor";
import { InlineText } from "./InlineText";
import type { StepProps } from "./props";
import { StepProblems } from "./StepProblems";

type Way = "offers" | "template" | "inline";

interface TemplateHit {
  id: string;
  name: string;
  channel: string;
  locale: string;
}

const EMPTY = { subject: "", preheader: "", textBody: "", htmlBody: "" };

/** Where the campaign's text comes from; nothing while it has none. */
function wayOf(draft: StepProps["draft"]): Way | undefined {
  if (draft.offers.length > 0) return "offers";
  if (draft.templateId) return "template";
  return draft.content ? "inline" : undefined;
}

export function ContentStep(props: StepProps): ReactNode {
  const { form, draft, readOnly, readiness } = props;
  // A template that is not chosen yet is nothing that the campaign could keep.
  const [wanted, setWanted] = useState<Way>();
  const kept = wayOf(draft);
  const way = kept ?? wanted ?? (draft.channel === "multi" ? "offers" : "inline");
  const choose = (next: Way) => {
    if (next === way) return;
    setWanted(next);
    if (next === "inline") form.set({ offers: [], templateId: null, content: EMPTY });
    else if (next === "template") form.set({ offers: [], content: null });
    else form.set({ templateId: null, content: null });
  };
  const templates = useList<TemplateHit>("/templates", { channel: draft.channel });
  return (
    <fieldset className={classes.step} data-wide disabled={readOnly}>
      <PageHeader flush title={t("What is said?")} />
      <ChoiceCards
        label={t("Content")}
        value={way}
        onChange={choose}
        choices={[
          {
            value: "offers",
            label: t("The offers’ texts"),
            text: t("On each customer’s channel and in their language"),
          },
          ...(draft.channel === "multi"
            ? []
            : [
                {
                  value: "template" as const,
                  label: t("A template"),
                  text: t("A message that is kept for several campaigns"),
                },
                {
                  value: "inline" as const,
                  label: t("A text of its own"),
                  text: t("Written here, for this campaign only"),
                },
              ]),
        ]}
      />
      {way === "offers" && <OfferTexts {...props} />}
      {draft.channel !== "multi" && way === "template" && (
        <Select
          label={t("Template")}
          placeholder={t("Choose a template")}
          searchable
          clearable
          style={{ maxWidth: 420 }}
          data={(templates.rows ?? []).map((one) => ({
            value: one.id,
            label: `${one.name} · ${one.locale}`,
          }))}
          value={draft.templateId}
          nothingFoundMessage={t("No template for this channel")}
          onChange={(templateId) =>
            form.set(templateId ? { templateId, content: null, offers: [] } : { templateId })
          }
        />
      )}
      {way === "inline" && draft.channel !== "multi" && (
        <InlineText
          channel={draft.channel}
          value={draft.content ?? EMPTY}
          readOnly={readOnly}
          onChange={(content) => form.set({ content })}
        />
      )}
      {(draft.channel === "email" || draft.channel === "multi") && <SenderFields {...props} />}
      <AbTestEditor {...props} />
      <StepProblems readiness={readiness} step="content" />
    </fieldset>
  );
}

function OfferTexts({ draft, goTo }: StepProps): ReactNode {
  const unique = new Map(draft.offers.map((offer) => [offer.offerId, offer.name]));
  if (unique.size === 0) {
    return (
      <Callout
        tone="info"
        action={
          <button type="button" className={classes.linkButton} onClick={() => goTo("offers")}>
            {t("Map offers")}
          </button>
        }
      >
        {t("No offer is mapped to a segment yet.")}
      </Callout>
    );
  }
  return (
    <section>
      <SectionTitle
        title={tn(
          unique.size,
          "The texts of {n} offer are sent",
          "The texts of {n} offers are sent",
        )}
      />
      <ol className={classes.list}>
        {[...unique].map(([id, name]) => (
          <li key={id} className={classes.item}>
            <b className="ellipsis">{name}</b>
            <span className={classes.itemActions}>
              <AppLink href={`/offers/${id}?step=creatives`}>{t("Look at its texts")}</AppLink>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function SenderFields({ form, draft }: StepProps): ReactNode {
  const set = (part: Partial<typeof draft.settings>) =>
    form.set({ settings: { ...draft.settings, ...part } });
  const error = (path: string) =>
    form.saveError?.details.find((one) => one.path === `settings.${path}`)?.message;
  return (
    <section>
      <SectionTitle title={t("Sender of emails")} aside={t("The workspace’s own where empty")} />
      <Fields>
        <TextInput
          label={t("Name")}
          value={draft.settings.fromName ?? ""}
          onChange={(event) => set({ fromName: event.currentTarget.value || undefined })}
        />
        <TextInput
          label={t("Address")}
          value={draft.settings.fromEmail ?? ""}
          error={error("fromEmail")}
          onChange={(event) => set({ fromEmail: event.currentTarget.value || undefined })}
        />
        <TextInput
          label={t("Answers go to")}
          value={draft.settings.replyTo ?? ""}
          error={error("replyTo")}
          onChange={(event) => set({ replyTo: event.currentTarget.value || undefined })}
        />
      </Fields>
      <div className={classes.checks}>
        <Checkbox
          label={t("Track opens")}
          checked={draft.settings.trackOpens ?? true}
          onChange={(event) => set({ trackOpens: event.currentTarget.checked })}
        />
        <Checkbox
          label={t("Track clicks")}
          checked={draft.settings.trackClicks ?? true}
          onChange={(event) => set({ trackClicks: event.currentTarget.checked })}
        />
      </div>
    </section>
  );
}
