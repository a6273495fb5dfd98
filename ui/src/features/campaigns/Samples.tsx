import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { useSession } from "../../shared/api";
import { t } from "../../shared/i18n";
import { languageName } from "../../shared/message";
import { MailPreview } from "../../shared/message/MailPreview";
import { PhonePreview } from "../../shared/message/PhonePreview";
import { channelLabel, InlineError, Person, useLate } from "../../shared/ui";
import classes from "./campaigns.module.css";
import type { Sample } from "./types";

interface SamplesProps {
  samples: Sample[] | undefined;
  error: unknown;
  onRetry: () => void;
}

/** What a few real customers will get, side by side. */
export function Samples({ samples, error, onRetry }: SamplesProps): ReactNode {
  const late = useLate(150);
  if (error) return <InlineError error={error} onRetry={onRetry} />;
  if (!samples) return late ? <Skeleton height={220} /> : null;
  const shown = samples.filter((one) => one.messages.some((two) => two.message));
  if (shown.length === 0) {
    return (
      <p className={classes.note}>{t("There is nobody to show, or nothing is written yet.")}</p>
    );
  }
  return (
    <div className={classes.samples}>
      {shown.map((sample) => (
        <OneSample key={sample.contactId} sample={sample} />
      ))}
    </div>
  );
}

export function OneSample({ sample }: { sample: Sample }): ReactNode {
  const from = useSession()?.workspace.name ?? "";
  const first = sample.messages.find((one) => one.message);
  const message = first?.message;
  if (!message) return null;
  const more = sample.messages.filter((one) => one.message).length - 1;
  return (
    <section className={classes.sample}>
      <Person
        name={message.customerName || t("Somebody without a name")}
        size={28}
        text={[
          channelLabel(message.channel),
          languageName(message.locale),
          first?.offerName,
          more > 0 ? t("and {n} more", { n: more }) : undefined,
        ]
          .filter(Boolean)
          .join(" · ")}
      />
      <div className={classes.sampleBody}>
        {message.channel === "email" ? (
          <MailPreview preview={message} from={from} />
        ) : (
          <PhonePreview preview={message} />
        )}
      </div>
    </section>
  );
}
