import { Button, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { NewSigning, ProviderView } from "../../../gen";
import { put, toApiError, useSend } from "../../../shared/api";
import { confirmAction, say } from "../../../shared/feedback";
import { ChoiceCards, Fields } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { InlineError } from "../../../shared/ui";
import { Misaligned } from "./Misaligned";
import classes from "./sending.module.css";
import { domainOf, freshSelector, isAligned } from "./signing";

interface KeyFormProps {
  provider: ProviderView;
  from: string;
  onDone: () => void;
  /** Leaves the present key as it is; none where there is none. */
  onBack?: () => void;
}

type Kind = "rsa" | "ed25519" | "own";

/** A key to sign with: made here, or brought along. */
export function KeyForm({ provider, from, onDone, onBack }: KeyFormProps): ReactNode {
  const present = provider.signing;
  const [domain, setDomain] = useState(present?.domain ?? domainOf(from));
  const [selector, setSelector] = useState(() => freshSelector(new Date(), present?.selector));
  const [kind, setKind] = useState<Kind>("rsa");
  const [privateKey, setPrivateKey] = useState("");
  const send = useSend(
    (body: NewSigning) => put<ProviderView>(`/providers/${provider.id}/signing`, body),
    {
      stale: ["providers"],
      onSuccess: () => {
        setPrivateKey("");
        say(t("The relay signs its messages now. Publish the record."));
        onDone();
      },
    },
  );
  const problem = send.error ? toApiError(send.error) : undefined;
  const errors = problem?.fieldErrors() ?? {};
  const body: NewSigning =
    kind === "own" ? { domain, selector, privateKey } : { domain, selector, algorithm: kind };
  const go = () => {
    if (!present) return send.mutate(body);
    confirmAction({
      title: t("Replace the key of {domain}?", { domain: present.domain }),
      text: t(
        "The old key is erased at once. Publish the new record before the next campaign, and leave the old one for a week: messages on their way still need it.",
      ),
      action: t("Replace key"),
      danger: true,
      run: () => send.mutateAsync(body),
    });
  };
  return (
    <>
      <Fields>
        <TextInput
          label={t("Domain")}
          description={t("That of the sender address.")}
          placeholder="example.com"
          value={domain}
          error={errors.domain}
          onChange={(event) => setDomain(event.currentTarget.value)}
        />
        <TextInput
          label={t("Selector")}
          description={t("The key’s name in the DNS.")}
          value={selector}
          error={errors.selector}
          onChange={(event) => setSelector(event.currentTarget.value)}
        />
      </Fields>
      {from && domain.includes(".") && !isAligned(from, domain.trim().toLowerCase()) && (
        <Misaligned from={from} signed={domain} />
      )}
      <ChoiceCards<Kind>
        label={t("Key")}
        value={kind}
        onChange={setKind}
        choices={[
          {
            value: "rsa",
            label: t("New RSA key"),
            text: t("2048 bits. Understood everywhere; the right choice in doubt."),
          },
          {
            value: "ed25519",
            label: t("New Ed25519 key"),
            text: t("Short and modern. Some receivers do not check it yet."),
          },
          {
            value: "own",
            label: t("A key of your own"),
            text: t("Paste one that is already published."),
          },
        ]}
      />
      {kind === "own" && (
        <Textarea
          label={t("Private key")}
          description={t("PEM text. It is sealed at once and never shown again.")}
          placeholder="-----BEGIN PRIVATE KEY-----"
          autosize
          minRows={3}
          maxRows={6}
          spellCheck={false}
          autoComplete="off"
          value={privateKey}
          error={errors.privateKey}
          onChange={(event) => setPrivateKey(event.currentTarget.value)}
        />
      )}
      {problem && problem.details.length === 0 && <InlineError error={problem} />}
      <div className={classes.row}>
        <Button
          loading={send.isPending}
          disabled={kind === "own" && !privateKey.trim()}
          onClick={go}
        >
          {kind === "own" ? t("Use this key") : t("Create key")}
        </Button>
        {onBack && <Button onClick={onBack}>{t("Keep the present key")}</Button>}
      </div>
    </>
  );
}
