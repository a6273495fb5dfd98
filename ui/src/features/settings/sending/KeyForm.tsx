import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { NewSigning, ProviderView } from "../../../gen";
import { put, toApiError, useSend } from "../../../shared/api";
import { confirmAction, say } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { InlineError } from "../../../shared/ui";
import { KeyFields } from "./KeyFields";
import { draftFor, needsNoKey, newSigning } from "./keyDraft";
import classes from "./sending.module.css";

interface KeyFormProps {
  provider: ProviderView;
  from: string;
  onDone: () => void;
  /** Leaves the present key as it is; none where there is none. */
  onBack?: () => void;
}

/** A key for a relay that is there: made here, or brought along. */
export function KeyForm({ provider, from, onDone, onBack }: KeyFormProps): ReactNode {
  const present = provider.signing ?? undefined;
  const [draft, setDraft] = useState(() => draftFor(from, present));
  const send = useSend(
    (body: NewSigning) => put<ProviderView>(`/providers/${provider.id}/signing`, body),
    {
      stale: ["providers"],
      onSuccess: () => {
        setDraft((before) => ({ ...before, privateKey: "" }));
        say(t("The relay signs its messages now. Publish the record."));
        onDone();
      },
    },
  );
  const problem = send.error ? toApiError(send.error) : undefined;
  const go = () => {
    if (!present) return send.mutate(newSigning(draft));
    confirmAction({
      title: t("Replace the key of {domain}?", { domain: present.domain }),
      text: t(
        "The old key is erased at once. Publish the new record before the next campaign, and leave the old one for a week: messages on their way still need it.",
      ),
      action: t("Replace key"),
      danger: true,
      run: () => send.mutateAsync(newSigning(draft)),
    });
  };
  return (
    <>
      <KeyFields
        draft={draft}
        from={from}
        errors={problem?.fieldErrors() ?? {}}
        onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
      />
      {problem && problem.details.length === 0 && <InlineError error={problem} />}
      <div className={classes.row}>
        <Button
          loading={send.isPending}
          disabled={!needsNoKey(draft) && !draft.privateKey.trim()}
          onClick={go}
        >
          {needsNoKey(draft) ? t("Create key") : t("Use this key")}
        </Button>
        {onBack && <Button onClick={onBack}>{t("Keep the present key")}</Button>}
      </div>
    </>
  );
}
