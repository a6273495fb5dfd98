import type { ReactNode } from "react";
import { useSession } from "../api";
import { t } from "../i18n";
import { Callout, SectionTitle } from "../ui";
import { MailPreview } from "./MailPreview";
import classes from "./message.module.css";
import { PhonePreview } from "./PhonePreview";
import type { MessageText } from "./types";
import { usePreview } from "./useMessage";

interface MessagePreviewProps {
  text: MessageText;
  customerId: number | null;
  /** Stands for the code that the offer gives. */
  code: string;
}

/** What one customer would get, drawn as their phone or inbox draws it. */
export function MessagePreview({ text, customerId, code }: MessagePreviewProps): ReactNode {
  const preview = usePreview(text, customerId, code);
  const from = useSession()?.workspace.name ?? "";
  const mail = text.channel === "email";
  const shown = preview.data?.channel === text.channel ? preview.data : undefined;
  return (
    <section className={classes.preview} aria-label={t("Preview")}>
      <SectionTitle
        title={mail ? t("Inbox") : t("Phone")}
        aside={
          shown?.customerName
            ? t("as {name} gets it", { name: shown.customerName })
            : t("with nobody’s values")
        }
      />
      {preview.error && (
        <Callout tone="info">{t("The last version without mistakes is shown.")}</Callout>
      )}
      {mail ? <MailPreview preview={shown} from={from} /> : <PhonePreview preview={shown} />}
    </section>
  );
}
