import { Button, Switch } from "@mantine/core";
import { IconCopy, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { sayUndo } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import {
  emptyMessage,
  languageName,
  MessageEditor,
  MessagePreview,
  type MessageText,
  PreviewAs,
  useCheck,
} from "../../../shared/message";
import { type ChannelName, channelLabel, EmptyState, PageHeader } from "../../../shared/ui";
import classes from "../offers.module.css";
import type { Creative } from "../types";
import { type Cell, CreativeMatrix } from "./CreativeMatrix";
import type { StepProps } from "./props";

const same = (one: Cell, other: Cell) =>
  one.channel === other.channel && one.locale === other.locale;

/** All texts at a glance, one of them open beside its preview as a real customer. */
export function CreativesStep({ form, draft, offer, readOnly }: StepProps): ReactNode {
  const [open, setOpen] = useState<Cell>(draft.creatives[0] ?? { channel: "sms", locale: "en" });
  const [customer, setCustomer] = useState<number | null>(null);
  const creative = draft.creatives.find((one) => same(one, open));
  const hasCode = draft.codeMode !== "none";
  const code = draft.codeMode === "unique" ? `${draft.code}K7PQ4XRM` : hasCode ? draft.code : "";
  const put = (next: Creative) =>
    form.set(
      "creatives",
      draft.creatives.some((one) => same(one, next))
        ? draft.creatives.map((one) => (same(one, next) ? next : one))
        : [...draft.creatives, next],
    );
  const start = (cell: Cell) => {
    setOpen(cell);
    if (!readOnly && !draft.creatives.some((one) => same(one, cell))) {
      put({
        ...emptyMessage(cell.channel as ChannelName, cell.locale),
        title: senderOf(draft.creatives, cell),
        isActive: true,
      });
    }
  };
  return (
    <div style={{ display: "grid", gap: 16 }}>
      <PageHeader
        flush
        title={t("Creatives")}
        text={t("Each customer gets the text of their channel and language, else the English one.")}
        actions={<PreviewAs value={customer} onChange={setCustomer} />}
      />
      <CreativeMatrix
        creatives={draft.creatives}
        problems={offer.problems}
        saved={offer.creatives}
        open={open}
        onOpen={start}
        readOnly={readOnly}
      />
      {creative ? (
        <OpenCreative
          key={`${creative.channel}-${creative.locale}`}
          creative={creative}
          others={draft.creatives}
          hasCode={hasCode}
          code={code}
          customer={customer}
          readOnly={readOnly}
          onChange={put}
          onRemove={() => {
            const before = draft.creatives;
            form.set(
              "creatives",
              before.filter((one) => !same(one, creative)),
            );
            sayUndo(t("Text taken out"), () => form.set("creatives", before));
          }}
        />
      ) : (
        <EmptyState
          title={t("Nothing is written for {channel} in {language} yet", {
            channel: channelLabel(open.channel),
            language: languageName(open.locale),
          })}
          text={t("Choose a field of the table above, or begin here.")}
          action={!readOnly && <Button onClick={() => start(open)}>{t("Write this text")}</Button>}
        />
      )}
    </div>
  );
}

interface OpenCreativeProps {
  creative: Creative;
  others: Creative[];
  hasCode: boolean;
  code: string;
  customer: number | null;
  readOnly: boolean;
  onChange: (creative: Creative) => void;
  onRemove: () => void;
}

function OpenCreative(props: OpenCreativeProps): ReactNode {
  const { creative, onChange, readOnly } = props;
  const text = textOf(creative);
  const check = useCheck(text, props.hasCode);
  const source = props.others.find(
    (one) =>
      one.channel === creative.channel &&
      one.locale !== creative.locale &&
      one.locale.startsWith("en"),
  );
  const blank = creative.textBody === "" && creative.htmlBody === "";
  return (
    <div className={classes.split}>
      <MessageEditor
        title={`${channelLabel(creative.channel)}, ${languageName(creative.locale)}`}
        text={text}
        check={check}
        hasCode={props.hasCode}
        readOnly={readOnly}
        onChange={(next) => onChange({ ...creative, ...next })}
        actions={
          !readOnly && (
            <>
              {source && blank && (
                <Button
                  size="xs"
                  variant="subtle"
                  leftSection={<IconCopy size={15} stroke={1.6} />}
                  onClick={() =>
                    onChange({ ...creative, ...textOf(source), locale: creative.locale })
                  }
                >
                  {t("From English")}
                </Button>
              )}
              <Switch
                label={t("In use")}
                checked={creative.isActive}
                onChange={(event) =>
                  onChange({ ...creative, isActive: event.currentTarget.checked })
                }
                style={{ alignSelf: "center" }}
              />
              <Button
                size="xs"
                variant="subtle"
                leftSection={<IconTrash size={15} stroke={1.6} />}
                onClick={props.onRemove}
              >
                {t("Take out")}
              </Button>
            </>
          )
        }
      />
      <MessagePreview text={text} customerId={props.customer} code={props.code} />
    </div>
  );
}

/** A new SMS comes from the same sender as the others. */
const senderOf = (creatives: Creative[], cell: Cell) =>
  cell.channel === "sms" ? (creatives.find((one) => one.channel === "sms")?.title ?? "") : "";

const textOf = (creative: Creative): MessageText => ({
  channel: creative.channel,
  locale: creative.locale,
  title: creative.title,
  preheader: creative.preheader,
  textBody: creative.textBody,
  htmlBody: creative.htmlBody,
  variables: creative.variables,
  smsRoute: creative.smsRoute,
});
