import { Button, Switch } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ProviderView } from "../../../gen";
import { remove, useSend } from "../../../shared/api";
import { confirmAction, say } from "../../../shared/feedback";
import { day } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { DnsCheck } from "./DnsCheck";
import { DnsRecord } from "./DnsRecord";
import { KeyFields } from "./KeyFields";
import { KeyForm } from "./KeyForm";
import { draftFor, type KeyDraft } from "./keyDraft";
import { Misaligned } from "./Misaligned";
import classes from "./sending.module.css";
import { isAligned } from "./signing";

interface SigningPaneProps {
  provider: ProviderView;
  /** Sender address as it stands in the form, or the workspace's. */
  from: string;
}

interface NewKeyPaneProps {
  from: string;
  /** None: the relay is added without a key. */
  draft: KeyDraft | undefined;
  errors: Record<string, string>;
  onChange: (draft: KeyDraft | undefined) => void;
}

/** The key of a relay that is being added. */
export function NewKeyPane({ from, draft, errors, onChange }: NewKeyPaneProps): ReactNode {
  return (
    <div className={classes.pane}>
      <Why />
      <Switch
        label={t("Sign from the first message on")}
        checked={draft !== undefined}
        onChange={(event) => onChange(event.currentTarget.checked ? draftFor(from) : undefined)}
      />
      {draft && (
        <>
          <KeyFields
            draft={draft}
            from={from}
            errors={errors}
            onChange={(change) => onChange({ ...draft, ...change })}
          />
          <p className={classes.hint}>
            {t("When the relay is added, the record to publish is shown here.")}
          </p>
        </>
      )}
    </div>
  );
}

function Why(): ReactNode {
  return (
    <p className={classes.lead}>
      {t(
        "A signature proves that a message is yours and was not changed on its way. Large mail providers put unsigned campaigns into spam.",
      )}
    </p>
  );
}

/** What a relay signs its mail with: makes a key, shows what to publish, replaces and removes. */
export function SigningPane({ provider, from }: SigningPaneProps): ReactNode {
  const [isReplacing, setReplacing] = useState(false);
  const { signing } = provider;
  if (!signing || isReplacing)
    return (
      <div className={classes.pane}>
        {!signing && <Why />}
        <KeyForm
          provider={provider}
          from={from}
          onDone={() => setReplacing(false)}
          onBack={signing ? () => setReplacing(false) : undefined}
        />
        {!signing && <DnsCheck provider={provider} />}
      </div>
    );
  return <Signed provider={provider} from={from} onReplace={() => setReplacing(true)} />;
}

function Signed(props: SigningPaneProps & { onReplace: () => void }): ReactNode {
  const { provider, from, onReplace } = props;
  const erase = useSend(() => remove<ProviderView>(`/providers/${provider.id}/signing`), {
    stale: ["providers"],
    onSuccess: () => say(t("Messages leave unsigned from now on")),
  });
  const { signing } = provider;
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
      <DnsCheck provider={provider} />
      <div className={classes.row}>
        <Button onClick={onReplace}>{t("Replace key")}</Button>
        <Button color="red" variant="outline" onClick={removal}>
          {t("Remove key")}
        </Button>
      </div>
    </div>
  );
}
