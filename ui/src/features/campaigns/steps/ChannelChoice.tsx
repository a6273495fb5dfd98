import type { ReactNode } from "react";
import { ChoiceCards } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import type { CampaignChannel } from "../types";

interface ChannelChoiceProps {
  value: CampaignChannel;
  onChange: (channel: CampaignChannel) => void;
}

export function ChannelChoice({ value, onChange }: ChannelChoiceProps): ReactNode {
  return (
    <ChoiceCards
      label={t("Channel")}
      value={value}
      onChange={onChange}
      choices={[
        { value: "sms", label: t("SMS"), text: t("A text of 160 characters a part") },
        { value: "email", label: t("Email"), text: t("Subject, text and HTML") },
        { value: "whatsapp", label: "WhatsApp", text: t("A message in the chat") },
        { value: "push", label: t("Push"), text: t("A notification of the app") },
        {
          value: "multi",
          label: t("Preferred channel"),
          text: t("Each customer’s own; needs offers"),
        },
      ]}
    />
  );
}
