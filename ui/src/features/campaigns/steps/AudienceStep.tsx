import { ActionIcon, Button, NumberInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useList } from "../../../shared/api";
import { PickOne } from "../../../shared/form";
import { number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { EmptyState, PageHeader, SectionTitle } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { CampaignSegment } from "../types";
import type { StepProps } from "./props";
import { StepProblems } from "./StepProblems";

interface SegmentHit {
  id: string;
  name: string;
  sizeEstimate?: number | null;
  size?: number | null;
}

export function AudienceStep({ form, draft, readOnly, readiness }: StepProps): ReactNode {
  const list = useList<SegmentHit>("/segments");
  const go = useGo();
  const included = draft.segments.filter((one) => one.role === "include");
  const excluded = draft.segments.filter((one) => one.role === "exclude");
  const write = (include: CampaignSegment[], exclude: CampaignSegment[]) => {
    const segments = [...include, ...exclude];
    const kept = draft.offers.filter((offer) =>
      include.some((one) => one.segmentId === offer.segmentId),
    );
    form.set(kept.length === draft.offers.length ? { segments } : { segments, offers: kept });
  };
  const counted = (id: string) =>
    readiness?.audience.segments.find((one) => one.segmentId === id)?.members;
  const none = list.rows?.length === 0 && draft.segments.length === 0;
  return (
    <fieldset className={classes.step} disabled={readOnly}>
      <PageHeader
        flush
        title={t("Who gets it?")}
        text={t(
          "Everybody in one of the segments, each person once. Whoever opted out or is suppressed is never sent to.",
        )}
      />
      {none ? (
        <EmptyState
          title={t("There are no segments yet")}
          text={t(
            "A segment says whom you mean: a list, or conditions over what is known of customers.",
          )}
          action={<Button onClick={() => go("/segments")}>{t("Go to segments")}</Button>}
        />
      ) : (
        <>
          <SegmentPicker
            title={t("Included, the first one counts first")}
            placeholder={t("Add a segment")}
            side="include"
            chosen={included}
            taken={draft.segments}
            hits={list.rows ?? []}
            sizeOf={(one) => counted(one.segmentId) ?? one.size}
            ordered
            onChange={(next) => write(next, excluded)}
          />
          <SegmentPicker
            title={t("Left out")}
            placeholder={t("Leave a segment out")}
            side="exclude"
            chosen={excluded}
            taken={draft.segments}
            hits={list.rows ?? []}
            sizeOf={(one) => one.size}
            onChange={(next) => write(included, next)}
          />
        </>
      )}
      <SectionTitle title={t("Control group")} />
      <div className={classes.inline}>
        <NumberInput
          label={t("Kept back to measure the effect")}
          description={t("The same people every time; they are sent nothing.")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          suffix="%"
          min={0}
          max={90}
          style={{ width: 280 }}
          value={draft.controlPercent}
          onChange={(value) => form.set({ controlPercent: Number(value) || 0 })}
        />
        {readiness && draft.controlPercent > 0 && (
          <span className={classes.note}>
            {t("{n} people", { n: number(readiness.audience.control) })}
          </span>
        )}
      </div>
      <StepProblems readiness={readiness} step="audience" />
    </fieldset>
  );
}

interface SegmentPickerProps {
  title: string;
  placeholder: string;
  side: "include" | "exclude";
  chosen: CampaignSegment[];
  taken: CampaignSegment[];
  hits: SegmentHit[];
  sizeOf: (segment: CampaignSegment) => number | null | undefined;
  ordered?: boolean;
  onChange: (next: CampaignSegment[]) => void;
}

function SegmentPicker(props: SegmentPickerProps): ReactNode {
  const { chosen, onChange } = props;
  const move = (from: number, to: number) => {
    const next = [...chosen];
    const [one] = next.splice(from, 1);
    if (one) next.splice(to, 0, one);
    onChange(next);
  };
  const add = (id: string) => {
    const hit = props.hits.find((one) => one.id === id);
    if (!hit) return;
    const { id: segmentId, name } = hit;
    const size = hit.sizeEstimate ?? hit.size ?? null;
    onChange([...chosen, { segmentId, name, role: props.side, priority: chosen.length + 1, size }]);
  };
  return (
    <section>
      <SectionTitle title={props.title} />
      {chosen.length > 0 && (
        <ol className={classes.list}>
          {chosen.map((segment, place) => (
            <li key={segment.segmentId} className={classes.item}>
              {props.ordered && <span className={classes.place}>{place + 1}</span>}
              <b className="ellipsis" title={segment.name}>
                {segment.name}
              </b>
              <span className={classes.note}>
                {props.sizeOf(segment) === null || props.sizeOf(segment) === undefined
                  ? t("not counted yet")
                  : t("{n} people", { n: number(props.sizeOf(segment) ?? 0) })}
              </span>
              <span className={classes.itemActions}>
                {props.ordered && chosen.length > 1 && (
                  <>
                    <ActionIcon
                      aria-label={t("Move {name} up", { name: segment.name })}
                      disabled={place === 0}
                      onClick={() => move(place, place - 1)}
                    >
                      <IconArrowUp size={15} stroke={1.6} />
                    </ActionIcon>
                    <ActionIcon
                      aria-label={t("Move {name} down", { name: segment.name })}
                      disabled={place === chosen.length - 1}
                      onClick={() => move(place, place + 1)}
                    >
                      <IconArrowDown size={15} stroke={1.6} />
                    </ActionIcon>
                  </>
                )}
                <ActionIcon
                  aria-label={t("Remove {name}", { name: segment.name })}
                  onClick={() => onChange(chosen.filter((one) => one !== segment))}
                >
                  <IconX size={15} stroke={1.6} />
                </ActionIcon>
              </span>
            </li>
          ))}
        </ol>
      )}
      <PickOne
        aria-label={props.placeholder}
        placeholder={props.placeholder}
        style={{ maxWidth: 420 }}
        data={props.hits
          .filter((hit) => !props.taken.some((one) => one.segmentId === hit.id))
          .map((hit) => ({ value: hit.id, label: hit.name }))}
        nothingFoundMessage={t("No segment matches")}
        onPick={add}
      />
    </section>
  );
}
