import { ActionIcon, Button, NumberInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useList } from "../../../shared/api";
import { ChoiceCards, PickOne } from "../../../shared/form";
import { day, number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { Callout, EmptyState, PageHeader, StatusShape } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { CampaignOffer, CampaignSegment } from "../types";
import type { StepProps } from "./props";
import { StepProblems } from "./StepProblems";

interface OfferHit {
  id: string;
  name: string;
  status: string;
  validUntil: string | null;
  channels: string[];
}

export function OffersStep(props: StepProps): ReactNode {
  const { form, draft, readOnly, readiness, goTo } = props;
  const list = useList<OfferHit>("/offers");
  const segments = draft.segments.filter((one) => one.role === "include");
  const ownText = draft.templateId !== null || draft.content !== null;
  const setOf = (segment: CampaignSegment, next: CampaignOffer[]) => {
    const others = draft.offers.filter((one) => one.segmentId !== segment.segmentId);
    const offers = [...others, ...next.map((one, place) => ({ ...one, priority: place + 1 }))];
    form.set(ownText ? { offers, templateId: null, content: null } : { offers });
  };
  return (
    <fieldset className={classes.step} data-wide disabled={readOnly}>
      <PageHeader flush title={t("Which offers does each segment get?")} />
      <ChoiceCards
        label={t("Offer targeting")}
        value={draft.targetingType}
        onChange={(targetingType) => form.set({ targetingType })}
        choices={[
          {
            value: "multiple_target_group",
            label: t("All mapped offers"),
            text: t("Each segment gets every offer mapped to it, in order of priority"),
          },
          {
            value: "round_robin",
            label: t("Round robin"),
            text: t("One offer at a time, the next after a set number of days"),
          },
          {
            value: "multiple_level",
            label: t("By customer state"),
            text: t("Choose the offer from balance, tier or last order"),
          },
          {
            value: "champion_challenger",
            label: t("Champion / challenger"),
            text: t("Most get the proven offer, a share gets a rival"),
          },
        ]}
      />
      {ownText && (
        <Callout tone="info">
          {t(
            "This campaign sends a text of its own. Adding an offer replaces it by the offer’s texts.",
          )}
        </Callout>
      )}
      {segments.length === 0 ? (
        <EmptyState
          title={t("No segment is chosen yet")}
          text={t("Offers are mapped to segments: say first who gets the campaign.")}
          action={<Button onClick={() => goTo("audience")}>{t("Choose segments")}</Button>}
        />
      ) : (
        segments.map((segment, place) => (
          <SegmentOffers
            key={segment.segmentId}
            segment={segment}
            place={place}
            size={
              readiness?.audience.segments.find((one) => one.segmentId === segment.segmentId)
                ?.counted ?? segment.size
            }
            offers={draft.offers
              .filter((one) => one.segmentId === segment.segmentId)
              .sort((a, b) => a.priority - b.priority)}
            needed={draft.offers.length > 0 || draft.channel === "multi"}
            roundRobin={draft.targetingType === "round_robin"}
            hits={list.rows ?? []}
            onChange={(next) => setOf(segment, next)}
          />
        ))
      )}
      <StepProblems readiness={readiness} step="offers" />
    </fieldset>
  );
}

interface SegmentOffersProps {
  segment: CampaignSegment;
  place: number;
  size: number | null;
  offers: CampaignOffer[];
  needed: boolean;
  roundRobin: boolean;
  hits: OfferHit[];
  onChange: (next: CampaignOffer[]) => void;
}

function SegmentOffers(props: SegmentOffersProps): ReactNode {
  const { segment, offers, onChange } = props;
  const move = (from: number, to: number) => {
    const next = [...offers];
    const [one] = next.splice(from, 1);
    if (one) next.splice(to, 0, one);
    onChange(next);
  };
  const add = (id: string) => {
    const hit = props.hits.find((one) => one.id === id);
    if (!hit) return;
    const { id: offerId, name, status, validUntil } = hit;
    onChange([
      ...offers,
      {
        segmentId: segment.segmentId,
        offerId,
        name,
        status,
        validUntil,
        priority: offers.length + 1,
        intervalConfig: null,
        conditionConfig: null,
      },
    ]);
  };
  return (
    <section className={classes.group}>
      <header className={classes.groupHead}>
        <span className={classes.swatch} data-place={(props.place % 4) + 1} aria-hidden />
        <b className="ellipsis" title={segment.name}>
          {segment.name}
        </b>
        {props.size !== null && (
          <span className={classes.note}>{t("{n} people", { n: number(props.size) })}</span>
        )}
        <PickOne
          aria-label={t("Add an offer to {name}", { name: segment.name })}
          placeholder={t("+ Add offer")}
          className={classes.groupAdd}
          data={props.hits
            .filter((hit) => hit.status !== "archived")
            .filter((hit) => !offers.some((one) => one.offerId === hit.id))
            .map((hit) => ({
              value: hit.id,
              label: hit.status === "draft" ? t("{name} (draft)", { name: hit.name }) : hit.name,
            }))}
          nothingFoundMessage={t("No offer matches")}
          onPick={add}
        />
      </header>
      {offers.length === 0 ? (
        <p className={classes.groupEmpty}>
          {props.needed && <StatusShape status="failed" />}
          <span>
            <b>{t("No offer yet.")}</b>{" "}
            {props.needed
              ? t("These people would be skipped. Add an offer or take the segment out.")
              : t("Without offers the campaign sends a template or a text of its own.")}
          </span>
        </p>
      ) : (
        offers.map((offer, place) => (
          <div key={offer.offerId} className={classes.groupRow}>
            <span className={classes.place}>{place + 1}</span>
            <b className="ellipsis" title={offer.name}>
              {offer.name}
            </b>
            {offer.status !== "active" && (
              <span className={classes.warn}>{t("not published")}</span>
            )}
            {props.roundRobin && place > 0 && (
              <NumberInput
                aria-label={t("Days after the offer before")}
                prefix={t("after ")}
                suffix={t(" days")}
                min={1}
                max={365}
                style={{ width: 130 }}
                value={Number(offer.intervalConfig?.days ?? 3)}
                onChange={(days) =>
                  onChange(
                    offers.map((one) =>
                      one === offer ? { ...one, intervalConfig: { days: Number(days) || 1 } } : one,
                    ),
                  )
                }
              />
            )}
            <span className={classes.note}>
              {offer.validUntil ? t("until {day}", { day: day(offer.validUntil) }) : t("no end")}
            </span>
            <span className={classes.itemActions}>
              <ActionIcon
                aria-label={t("Move {name} up", { name: offer.name })}
                disabled={place === 0}
                onClick={() => move(place, place - 1)}
              >
                <IconArrowUp size={15} stroke={1.6} />
              </ActionIcon>
              <ActionIcon
                aria-label={t("Move {name} down", { name: offer.name })}
                disabled={place === offers.length - 1}
                onClick={() => move(place, place + 1)}
              >
                <IconArrowDown size={15} stroke={1.6} />
              </ActionIcon>
              <ActionIcon
                aria-label={t("Remove {name}", { name: offer.name })}
                onClick={() => onChange(offers.filter((one) => one !== offer))}
              >
                <IconX size={15} stroke={1.6} />
              </ActionIcon>
            </span>
          </div>
        ))
      )}
    </section>
  );
}
