import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ProviderView } from "../../../gen";
import { remove, useSend } from "../../../shared/api";
import { confirmAction, say } from "../../../shared/feedback";
import { day } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { Callout } from "../../../shared/ui";
import { DnsRecord } from "./DnsRecord";
import { KeyForm } from "./KeyForm";
import { Misaligned } from "./Misaligned";
import classes from "./sending.module.css";
import { isAligned } from "./signing";

interface SigningPaneProps {
  /** None: it is being added. */
  provider?: ProviderView;
  /** Sender address as it stands in the form, or the workspace's. */
  from: string;
}

/** What a relay signs its mail with: makes a key, shows what to publish, replaces and removes. */
export function SigningPane({ provider, from }: SigningPaneProps): ReactNode {
  const [isReplacing, setReplacing] = useState(false);
  if (!provider)
    return (
      <Callout tone="info">
        {t("Add the relay first. Then create its key here, in the same place.")}
      </Callout>
    );
  const { signing } = provider;
  if (!signing || isReplacing)
    return (
      <div className={classes.pane}>
        {!signing && (
          <p className={classes.lead}>
            {t(
              "A signature proves that a message is yours and was not changed on its way. Large mail providers put unsigned campaigns into spam.",
            )}
          </p>
        )}
        <KeyForm
          provider={provider}
          from={from}
          onDone={() => setReplacing(false)}
          onBack={signing ? () => setReplacing(false) : undefined}
        />
      </div>
    );
  return <Signed provider={provider} from={from} onReplace={() => setReplacing(true)} />;
}

function Signed(props: SigningPaneProps & { onReplace: () => void }): ReactNode {
  const { provider, from, onReplace } = props;
  const erase = useSend(() => remove<ProviderView>(`/providers/${provider?.id}/signing`), {
    stale: ["providers"],
    onSuccess: () => say(t("Messages leave unsigned from now on")),
  });
  const signing = provider?.signing;
  if (!signing) return null;
  const removal = () =>
    confirmAction({
      title: t("Remove the key of {domain}?", { domain: signing.domain }),
      text: t(
        "Messages leave unsigned from then on, and many land in spam. The key is erased and cannot be brought back.",
      ),
      action: t("Remove key"),
      danger: true,
      run: () => erase.mutateAsync(undefined),
    });
  return (
    <div className={classes.pane}>
      <p className={classes.lead}>
        {t("Signs as {domain} with {algorithm}, since {day}. The private key is sealed here.", {
          domain: signing.domain,
          algorithm: signing.algorithm === "rsa-sha256" ? "RSA" : "Ed25519",
          day: day(signing.createdAt),
        })}
      </p>
      {from && !isAligned(from, signing.domain) && (
        <Misaligned from={from} signed={signing.domain} />
      )}
      <h3 className={classes.heading}>{t("Publish this record")}</h3>
      <p className={classes.hint}>
        {t(
          "Add it where the DNS of {domain} is kept. Until it is found there, receivers treat the mail as unsigned.",
          { domain: signing.domain },
        )}
      </p>
      <DnsRecord signing={signing} />
      <div className={classes.row}>
        <Button onClick={onReplace}>{t("Replace key")}</Button>
        <Button color="red" variant="outline" onClick={removal}>
          {t("Remove key")}
        </Button>
      </div>
    </div>
  );
}
