import { Button, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { restart } from "../../host";
import { put, useSend } from "../../shared/api";
import { ChoiceCards } from "../../shared/form";
import { t } from "../../shared/i18n";
import { Callout, InlineError, KeyValue } from "../../shared/ui";
import classes from "./entry.module.css";
import type { SetupState } from "./setup";

type Place = "here" | "team";

/** A file on this computer, or the team's PostgreSQL. */
export function DataStep({ setup, onNext }: { setup: SetupState; onNext: () => void }): ReactNode {
  const team = setup.engine === "postgres";
  const [place, setPlace] = useState<Place>(team ? "team" : "here");
  const [url, setUrl] = useState("");
  const [waiting, setWaiting] = useState(false);
  const choose = useSend((address: string) => put<boolean>("/setup/database", { url: address }));
  const changes = place === "team" && !team;
  const next = async (event: FormEvent) => {
    event.preventDefault();
    if (!changes) return onNext();
    await choose.mutateAsync(url.trim());
    setWaiting(!(await restart()));
  };
  const problem = choose.error?.fieldErrors().url;
  return (
    <form className={classes.form} onSubmit={(event) => next(event).catch(() => {})} noValidate>
      <div className={classes.count}>{t("Step {n} of {all}", { n: 1, all: 3 })}</div>
      <h1 className={classes.title}>{t("Where data is kept")}</h1>
      <p className={classes.lead}>{t("Alone on one computer, or shared by a team.")}</p>
      {team ? (
        <KeyValue
          labelWidth="140px"
          rows={[
            { label: t("Database"), value: "PostgreSQL" },
            {
              label: t("Good for"),
              value: t("A team: every desktop and server that uses it shares the work"),
            },
          ]}
        />
      ) : (
        <ChoiceCards<Place>
          label={t("Where data is kept")}
          value={place}
          onChange={setPlace}
          choices={[
            {
              value: "here",
              label: t("On this computer"),
              text: t(
                "In a file. No server and no network is needed; it can be moved to PostgreSQL later.",
              ),
            },
            {
              value: "team",
              label: t("Team database"),
              text: t(
                "PostgreSQL 15 or newer. Every desktop and server that uses it shares the work.",
              ),
            },
          ]}
        />
      )}
      {changes && (
        <TextInput
          size="md"
          label={t("Address of the database")}
          description={t("Kept in the system keychain or encrypted, never shown again.")}
          placeholder="postgres://user:password@host/database"
          autoComplete="off"
          spellCheck={false}
          value={url}
          error={problem}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
      )}
      {choose.error && !problem && <InlineError error={choose.error} />}
      {waiting && (
        <Callout tone="info" role="status">
          {t("The database is chosen. Start muster-server again, then load this page anew.")}
        </Callout>
      )}
      <div className={classes.formFoot}>
        <span className={classes.quiet}>
          {t("Passwords and keys: in the system keychain, or encrypted with a key file.")}
        </span>
        <Button
          size="md"
          variant="filled"
          type="submit"
          loading={choose.isPending}
          disabled={changes && url.trim() === ""}
        >
          {changes ? t("Use team database") : t("Continue to who runs it")}
        </Button>
      </div>
    </form>
  );
}
