import { Button, Menu, TextInput } from "@mantine/core";
import { IconCornerDownLeft, IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { t, tn } from "../../../shared/i18n";
import { languageName } from "../../../shared/message";
import { Channels, channelLabel, StatusShape } from "../../../shared/ui";
import classes from "../offers.module.css";
import type { Creative, OfferProblem } from "../types";

export interface Cell {
  channel: string;
  locale: string;
}

interface CreativeMatrixProps {
  creatives: Creative[];
  /** Of the offer as it was saved last; paths count its creatives. */
  problems: OfferProblem[];
  saved: Creative[];
  open: Cell;
  onOpen: (cell: Cell) => void;
  readOnly: boolean;
}

const CHANNELS = ["sms", "email", "whatsapp", "push"];
const LANGUAGES = ["en", "sw", "fr", "lg", "am", "so", "ar", "pt"];
const isEnglish = (locale: string) => locale.toLowerCase().startsWith("en");

/** Channels down, languages across: what is written, what is wrong, what falls back. */
export function CreativeMatrix(props: CreativeMatrixProps): ReactNode {
  const { creatives, open, readOnly } = props;
  const [added, setAdded] = useState<string[]>([]);
  const locales = [
    ...new Set(["en", ...creatives.map((one) => one.locale), open.locale, ...added]),
  ].sort((a, b) => Number(isEnglish(b)) - Number(isEnglish(a)));
  return (
    <div className={classes.matrixScroll}>
      <table className={classes.matrix}>
        <thead>
          <tr>
            <th scope="col">{t("Channel")}</th>
            {locales.map((locale) => (
              <th scope="col" key={locale}>
                {locale === "en" ? t("English, default") : languageName(locale)}
              </th>
            ))}
            <th className={classes.matrixAdd}>
              {!readOnly && (
                <AddLanguage taken={locales} onAdd={(locale) => setAdded([...added, locale])} />
              )}
            </th>
          </tr>
        </thead>
        <tbody>
          {CHANNELS.map((channel) => (
            <tr key={channel}>
              <th scope="row">
                <span className={classes.matrixChannel}>
                  <Channels of={[channel]} /> {channelLabel(channel)}
                </span>
              </th>
              {locales.map((locale) => (
                <td key={locale}>
                  <MatrixCell {...props} cell={{ channel, locale }} />
                </td>
              ))}
              <td />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MatrixCell(props: CreativeMatrixProps & { cell: Cell }): ReactNode {
  const { cell, open, creatives } = props;
  const creative = creatives.find(
    (one) => one.channel === cell.channel && one.locale === cell.locale,
  );
  const current = open.channel === cell.channel && open.locale === cell.locale;
  const fallback =
    !creative &&
    creatives.some((one) => one.channel === cell.channel && isEnglish(one.locale) && one.isActive);
  return (
    <button
      type="button"
      className={classes.cell}
      aria-pressed={current}
      data-quiet={!creative?.isActive || undefined}
      onClick={() => props.onOpen(cell)}
    >
      {creative ? (
        <Written creative={creative} problems={problemsOf(props, cell)} />
      ) : fallback ? (
        <>
          <IconCornerDownLeft size={14} stroke={1.6} aria-hidden /> {t("uses English")}
        </>
      ) : (
        <>
          <IconPlus size={14} stroke={1.6} aria-hidden /> {t("Not written")}
        </>
      )}
    </button>
  );
}

function Written({
  creative,
  problems,
}: {
  creative: Creative;
  problems: OfferProblem[];
}): ReactNode {
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const blank = creative.textBody === "" && creative.htmlBody === "";
  if (!creative.isActive)
    return (
      <>
        <StatusShape status="cancelled" /> {t("Switched off")}
      </>
    );
  if (blank)
    return (
      <>
        <StatusShape status="draft" /> {t("Draft, no text")}
      </>
    );
  if (errors > 0) {
    return (
      <>
        <StatusShape status="failed" /> <b>{tn(errors, "{n} mistake", "{n} mistakes")}</b>
      </>
    );
  }
  const warned = problems.length > 0;
  return (
    <>
      <StatusShape status={warned ? "warning" : "passed"} /> {summary(creative)}
    </>
  );
}

function summary(creative: Creative): string {
  const length = [...creative.textBody].length;
  if (creative.channel === "email") {
    if (creative.htmlBody === "") return t("Text only");
    return creative.preheader ? t("Subject + preheader") : t("Subject, no preheader");
  }
  if (creative.channel === "push") {
    return t("{title} + {text} characters", { title: [...creative.title].length, text: length });
  }
  return tn(length, "{n} character", "{n} characters");
}

/** Problems name creatives by their place in the list that was saved. */
function problemsOf({ problems, saved }: CreativeMatrixProps, cell: Cell): OfferProblem[] {
  const place = saved.findIndex(
    (one) => one.channel === cell.channel && one.locale === cell.locale,
  );
  return place < 0
    ? []
    : problems.filter((problem) => problem.path.startsWith(`creatives[${place}].`));
}

function AddLanguage({
  taken,
  onAdd,
}: {
  taken: string[];
  onAdd: (locale: string) => void;
}): ReactNode {
  const [other, setOther] = useState("");
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <Button size="xs" variant="subtle" leftSection={<IconPlus size={15} stroke={1.6} />}>
          {t("Language")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.filter((locale) => !taken.includes(locale)).map((locale) => (
          <Menu.Item key={locale} onClick={() => onAdd(locale)}>
            {languageName(locale)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <TextInput
          m={6}
          placeholder={t("Another, such as fr-CD")}
          aria-label={t("Another language")}
          value={other}
          onChange={(event) => setOther(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && /^[a-z]{2,3}([-_][a-z0-9]{2,8})*$/i.test(other)) {
              onAdd(other);
              setOther("");
            }
          }}
        />
      </Menu.Dropdown>
    </Menu>
  );
}
