import { Button, Checkbox, Modal, NumberInput, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { toApiError, useGet, useSend } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { DialogActions, InlineError } from "../../../shared/ui";
import type { JobDefinition } from "../model/definition";
import { type Draft, draftOf, readValues } from "../model/parameters";
import { labelOf, thingOf } from "../model/things";
import type { JobDetail } from "../model/types";
import { STALE, startRun } from "../model/useAct";
import { ofMuster } from "../model/words";
import { ThingField } from "../ThingField";
import classes from "./list.module.css";

interface RunDialogProps {
  job: { id: string; name: string };
  onClose: () => void;
}

/** Asks for the values that a run needs, and starts it. */
export function RunDialog({ job, onClose }: RunDialogProps): ReactNode {
  const detail = useGet<JobDetail>(`/jobs/${job.id}`);
  return (
    <Modal opened onClose={onClose} title={t("Run {name} now", { name: ofMuster(job.name) })}>
      {detail.error && <InlineError error={detail.error} onRetry={() => void detail.refetch()} />}
      {detail.data?.id === job.id && <Form job={detail.data} onClose={onClose} />}
    </Modal>
  );
}

function Form({ job, onClose }: { job: JobDetail; onClose: () => void }): ReactNode {
  const go = useGo();
  const parameters = job.definition?.parameters ?? {};
  const [draft, setDraft] = useState<Draft>(() => draftOf(parameters));
  const [shown, setShown] = useState(false);
  const { values, errors } = readValues(parameters, draft);
  const run = useSend(() => startRun(job.id, values), {
    ...STALE,
    onSuccess: (made) => {
      onClose();
      go(`/jobs/${job.id}/executions/${made.id}`);
    },
  });
  const problem = run.error ? toApiError(run.error) : undefined;
  const refused = problem?.fieldErrors() ?? {};
  const names = Object.keys(parameters);
  const waits = job.dependencies.filter(
    ({ direction, dependency }) => direction === "waits_for" && dependency.is_active !== false,
  );
  const submit = () => {
    setShown(true);
    if (Object.keys(errors).length === 0) run.mutate(undefined);
  };
  return (
    <form
      noValidate
      className={classes.stack}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {names.length === 0 && <span>{t("This job takes no values.")}</span>}
      {names.map((name) => (
        <ParameterField
          key={name}
          name={name}
          definition={parameters[name]}
          value={draft[name] ?? ""}
          error={(shown && errors[name]) || refused[`parameters.${name}`]}
          onChange={(value) => setDraft({ ...draft, [name]: value })}
        />
      ))}
      {waits.length > 0 && (
        <span className={classes.second}>
          {t("It begins when what it waits for is there: {jobs}.", {
            jobs: waits.map((one) => one.otherJobName).join(", "),
          })}
        </span>
      )}
      {problem && <InlineError error={problem} meaning={t("Nothing was started.")} />}
      <DialogActions>
        <Button onClick={onClose}>{t("Close")}</Button>
        <Button variant="filled" type="submit" loading={run.isPending}>
          {t("Run now")}
        </Button>
      </DialogActions>
    </form>
  );
}

interface ParameterFieldProps {
  name: string;
  definition: NonNullable<JobDefinition["parameters"]>[string] | undefined;
  value: string;
  error?: string | false;
  onChange: (value: string) => void;
}

/** A field for one value, by its type. Lists and objects are written as JSON. */
export function ParameterField(props: ParameterFieldProps): ReactNode {
  const { name, definition, value, onChange } = props;
  const common = {
    label: labelOf(name),
    description: definition?.description || undefined,
    required: definition?.required,
    error: props.error || undefined,
  };
  const thing = thingOf(name, definition?.type);
  if (thing) return <ThingField {...common} thing={thing} value={value} onChange={onChange} />;
  switch (definition?.type) {
    case "boolean":
      return (
        <Checkbox
          label={labelOf(name)}
          description={common.description}
          checked={value === "true"}
          onChange={(event) => onChange(String(event.currentTarget.checked))}
        />
      );
    case "integer":
    case "number":
      return (
        <NumberInput
          {...common}
          allowDecimal={definition.type === "number"}
          value={value}
          onChange={(next) => onChange(String(next))}
        />
      );
    case "list":
    case "object":
      return (
        <Textarea
          {...common}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          placeholder={definition?.type === "moment" ? "2026-11-24T10:41:00Z" : undefined}
          type={definition?.type === "date" ? "date" : "text"}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}
