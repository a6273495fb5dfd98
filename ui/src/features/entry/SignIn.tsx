import { Button, PasswordInput, Popover, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { queryClient } from "../../app/queryClient";
import { ApiError, get, post, type Session, sessionQuery, takeSession } from "../../shared/api";
import { roleLabel } from "../../shared/format/role";
import { t } from "../../shared/i18n";
import { Callout, Logo, Person, RelativeTime, useTitle } from "../../shared/ui";
import classes from "./entry.module.css";
import { knownPeople, remember } from "./known";
import type { SetupState } from "./setup";

/** Email and password; people who signed in here before are one click away. */
export function SignIn(): ReactNode {
  useTitle(t("Sign in"));
  const { next } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const setup = useQuery({ queryKey: ["setup"], queryFn: () => get<SetupState>("/setup") });
  const [email, setEmail] = useState(() => knownPeople()[0]?.email ?? "");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const field = useRef<HTMLInputElement>(null);
  const known = knownPeople();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const session = takeSession(await post<Session>("/session", { email, password }));
      const { user } = session;
      remember({ name: user.name, email: user.email, role: user.role, at: Date.now() });
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      await navigate({ href: next?.startsWith("/") && !next.startsWith("//") ? next : "/" });
    } catch (cause) {
      setError(cause instanceof ApiError ? cause : new ApiError(0, "unexpected", String(cause)));
      setPassword("");
      setBusy(false);
      field.current?.focus();
    }
  };
  return (
    <main className={classes.center}>
      <form className={classes.signIn} onSubmit={submit}>
        <div className={classes.brand}>
          <Logo size={28} />
          Muster
        </div>
        <h1 className={classes.title}>{t("Sign in")}</h1>
        <p className={classes.lead}>
          {setup.isError
            ? t("The server does not answer yet.")
            : setup.data?.engine === "postgres"
              ? t("Team database, connected")
              : t("Data on this computer")}
        </p>
        {error && (
          <Callout tone="bad" role="alert">
            {error.message}
          </Callout>
        )}
        <TextInput
          size="md"
          label={t("Email")}
          type="email"
          autoComplete="username"
          autoFocus={known.length === 0}
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <div>
          <div className={classes.labelLine}>
            <label htmlFor="password">{t("Password")}</label>
            <Forgotten />
          </div>
          <PasswordInput
            ref={field}
            id="password"
            size="md"
            autoComplete="current-password"
            autoFocus={known.length > 0}
            required
            error={error?.status === 401}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        </div>
        <Button type="submit" size="md" variant="filled" fullWidth loading={busy}>
          {t("Sign in")}
        </Button>
        {known.length > 0 && (
          <section>
            <h2 className={classes.small}>{t("Signed in here before")}</h2>
            {known.map((person) => (
              <button
                key={person.email}
                type="button"
                className={classes.known}
                onClick={() => {
                  setEmail(person.email);
                  field.current?.focus();
                }}
              >
                <Person name={person.name} size={26} only="avatar" />
                <span className="ellipsis" style={{ flex: 1 }}>
                  <b>{person.name}</b> · {roleLabel(person.role)}
                </span>
                <span className={classes.quiet}>
                  <RelativeTime at={person.at} />
                </span>
              </button>
            ))}
          </section>
        )}
      </form>
    </main>
  );
}

function Forgotten(): ReactNode {
  return (
    <Popover width={280} position="bottom-end">
      <Popover.Target>
        <button type="button" className={classes.linkButton}>
          {t("Forgotten?")}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {t("An administrator can give you a new password in Settings, People and roles.")}
      </Popover.Dropdown>
    </Popover>
  );
}
