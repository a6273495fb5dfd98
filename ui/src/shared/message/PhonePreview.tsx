import { IconBattery3, IconSignal4g } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { time } from "../format";
import { t } from "../i18n";
import { channelLabel, useNow } from "../ui";
import classes from "./message.module.css";
import type { Preview } from "./types";

const ADDRESS = /(https?:\/\/[^\s]+)/g;

/** An SMS, WhatsApp or push message as a phone shows it. */
export function PhonePreview({ preview }: { preview: Preview | undefined }): ReactNode {
  const now = useNow();
  const text = preview?.text ?? "";
  const push = preview?.channel === "push";
  return (
    <div className={classes.phone}>
      <div className={classes.screen}>
        <div className={classes.phoneBar} aria-hidden>
          <b>{time(now)}</b>
          <span>
            <IconSignal4g size={14} stroke={1.6} /> <IconBattery3 size={14} stroke={1.6} />
          </span>
        </div>
        {!push && (
          <div className={classes.phoneHead}>
            <b>{preview?.sender || t("Sender")}</b>
            <span>
              {preview?.channel === "sms"
                ? t("Text message")
                : channelLabel(preview?.channel ?? "sms")}
            </span>
          </div>
        )}
        <div className={classes.thread}>
          <span className={classes.when}>{t("Today {time}", { time: time(now) })}</span>
          {text || preview?.subject ? (
            <p className={classes.bubble}>
              {push && preview?.subject && <b className={classes.pushTitle}>{preview.subject}</b>}
              {text.split(ADDRESS).map((part, place) =>
                place % 2 === 1 ? (
                  <span key={place} className={classes.bubbleLink}>
                    {part}
                  </span>
                ) : (
                  part
                ),
              )}
            </p>
          ) : (
            <p className={classes.nothing}>{t("The text shows here as a customer reads it.")}</p>
          )}
          {(preview?.sms?.parts ?? 0) > 1 && (
            <span className={classes.when}>
              {t("Shown as one message, billed as {parts}", { parts: preview?.sms?.parts ?? 1 })}
            </span>
          )}
        </div>
      </div>
    </div>
  );
}
