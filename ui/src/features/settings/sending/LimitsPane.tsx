import { NumberInput } from "@mantine/core";
import type { ReactNode } from "react";
import { Fields } from "../../../shared/form";
import { percent } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { channelLabel } from "../../../shared/ui";
import type { ProviderKind } from "./kinds";
import classes from "./sending.module.css";
import type { ProviderValues } from "./useProvider";

interface LimitsPaneProps {
  kind: ProviderKind;
  values: ProviderValues;
  errors: Record<string, string>;
  /** What it would carry with the weight in the form, in percent; none while it is off. */
  share: number | undefined;
  onChange: (change: Partial<ProviderValues>) => void;
}

type Limit = "messagesPerMinute" | "messagesPerHour" | "messagesPerDay";

/** How much goes through a provider, and how. */
export function LimitsPane({ kind, values, errors, share, onChange }: LimitsPaneProps): ReactNode {
  const limit = (name: Limit, label: string) => (
    <NumberInput
      label={label}
      placeholder={t("no limit")}
      min={0}
      thousandSeparator=","
      value={values[name]}
      error={errors[name]}
      onChange={(value) => onChange({ [name]: value })}
    />
  );
  return (
    <div className={classes.pane}>
      <h3 className={classes.heading}>{t("Share")}</h3>
      <div className={classes.share}>
        <NumberInput
          label={t("Weight")}
          min={0}
          max={10_000}
          value={values.weight}
          error={errors.weight}
          onChange={(weight) => onChange({ weight: Number(weight) || 0 })}
        />
        <p className={classes.lead}>{shareWords(share, values.channel)}</p>
      </div>
      <h3 className={classes.heading}>{t("At most")}</h3>
      <p className={classes.hint}>
        {t(
          "Counted over what was really sent in the last 60 seconds, 60 minutes and 24 hours, by all campaigns together. What is over waits.",
        )}
      </p>
      <Fields min={130}>
        {limit("messagesPerMinute", t("A minute, at most"))}
        {limit("messagesPerHour", t("An hour, at most"))}
        {limit("messagesPerDay", t("A day, at most"))}
      </Fields>
      {kind !== "sandbox" && (
        <>
          <h3 className={classes.heading}>{t("Connections to the server")}</h3>
          <Fields>
            <NumberInput
              label={t("Connections")}
              description={t(
                "Open at the same time, by all Musters that send together; ask your provider.",
              )}
              min={1}
              max={100}
              value={values.maxConnections}
              error={errors.maxConnections}
              onChange={(value) => onChange({ maxConnections: Number(value) || 1 })}
            />
            {kind === "smtp" && (
              <NumberInput
                label={t("Messages per connection")}
                description={t("After so many it is opened anew.")}
                placeholder="500"
                min={1}
                max={100_000}
                value={Number(values.config.messagesPerConnection) || ""}
                error={errors["config.messagesPerConnection"]}
                onChange={(value) =>
                  onChange({
                    config: { ...values.config, messagesPerConnection: Number(value) || undefined },
                  })
                }
              />
            )}
          </Fields>
        </>
      )}
    </div>
  );
}

/** "Carries 75% of the email." */
function shareWords(share: number | undefined, channel: string): string {
  if (share === undefined) return t("Carries nothing while it is off, paused or at its limit.");
  if (share === 0) return t("Carries nothing while the others work, and stands in when they fail.");
  return t("Carries {share} of {channel}, beside the other providers’ weights.", {
    share: percent(share, 0),
    channel: channelLabel(channel),
  });
}
