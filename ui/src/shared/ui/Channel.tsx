import {
  IconBellRinging,
  IconBrandWhatsapp,
  IconMail,
  IconMessageCircle,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "../i18n";

export type ChannelName = "email" | "sms" | "whatsapp" | "push";
const icons = {
  email: IconMail,
  sms: IconMessageCircle,
  whatsapp: IconBrandWhatsapp,
  push: IconBellRinging,
};

/** "SMS", "Email", …: as people write it. */
export const channelLabel = (channel: string): string =>
  ({
    email: t("Email"),
    sms: t("SMS"),
    whatsapp: "WhatsApp",
    push: t("Push"),
    multi: t("All channels"),
  })[channel] ?? channel;

/** Quiet icons of the channels, named for screen readers. `multi` shows all four. */
export function Channels({ of }: { of: string[] }): ReactNode {
  const names = of.flatMap((name) => (name === "multi" ? Object.keys(icons) : [name]));
  const label = names.map(channelLabel).join(", ");
  return (
    <span
      role="img"
      aria-label={label}
      title={label}
      style={{ display: "inline-flex", gap: 4, color: "var(--m-text2)", verticalAlign: "middle" }}
    >
      {names.map((name) => {
        const Shape = icons[name as ChannelName];
        return Shape ? <Shape key={name} size={15} stroke={1.6} aria-hidden /> : null;
      })}
    </span>
  );
}
