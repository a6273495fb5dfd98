import { Button, Modal, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type DragEvent, type ReactNode, useState } from "react";
import { openFile } from "../../../host";
import { toApiError, useSend } from "../../../shared/api";
import { say } from "../../../shared/feedback";
import { t, tn } from "../../../shared/i18n";
import { Callout, DialogActions, InlineError, StatusMark } from "../../../shared/ui";
import type { JobFile, Problem } from "../model/types";
import { STALE } from "../model/useAct";
import { type ImportedJob, importJobs, readFile } from "./exchange";
import classes from "./list.module.css";
import { useExamples } from "./useExamples";

interface ImportDialogProps {
  /** An example that was chosen. */
  file?: JobFile;
  onClose: () => void;
}

/** A job file is chosen, dropped or pasted; what it would do is shown before it is done. */
export function ImportDialog({ file: given, onClose }: ImportDialogProps): ReactNode {
  const [file, setFile] = useState(given);
  const [text, setText] = useState("");
  const [error, setError] = useState<string>();
  const take = (content: string) => {
    const read = readFile(content);
    setText(read.file ? "" : content);
    setError(read.error);
    setFile(read.file);
  };
  return (
    <Modal opened onClose={onClose} title={t("Import jobs")} size="lg">
      <div className={classes.stack}>
        {file ? (
          <Plan file={file} onClose={onClose} onOther={() => setFile(undefined)} />
        ) : (
          <Choose text={text} error={error} onText={take} onFile={setFile} onClose={onClose} />
        )}
      </div>
    </Modal>
  );
}

interface ChooseProps {
  text: string;
  error?: string;
  onText: (text: string) => void;
  onFile: (file: JobFile) => void;
  onClose: () => void;
}

function Choose({ text, error, onText, onFile, onClose }: ChooseProps): ReactNode {
  const [over, setOver] = useState(false);
  const [typed, setTyped] = useState(text);
  const examples = useExamples();
  const read = (file: File | undefined) => void file?.text().then(onText);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    read(event.dataTransfer.files[0]);
  };
  return (
    <>
      <section
        className={classes.drop}
        aria-label={t("File to import")}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <span>{t("Drop a job file here, or")}</span>
        <Button onClick={() => void openFile(".json,application/json").then(read)}>
          {t("Choose a file…")}
        </Button>
      </section>
      <Textarea
        label={t("Or paste its text")}
        value={typed}
        error={error}
        minRows={6}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {examples && (
        <div className={classes.exampleRow}>
          <span className={classes.second}>{t("Or begin with an example:")}</span>
          {examples.map((example) => (
            <Button
              key={example.name}
              size="xs"
              title={example.description}
              onClick={() => onFile(example.file)}
            >
              {example.title}
            </Button>
          ))}
        </div>
      )}
      <DialogActions>
        <Button onClick={onClose}>{t("Close")}</Button>
        <Button variant="filled" disabled={typed.trim() === ""} onClick={() => onText(typed)}>
          {t("Look at it")}
        </Button>
      </DialogActions>
    </>
  );
}

interface PlanProps {
  file: JobFile;
  onClose: () => void;
  onOther: () => void;
}

function Plan({ file, onClose, onOther }: PlanProps): ReactNode {
  const plan = useQuery({
    queryKey: ["jobs", "import", file],
    queryFn: () => importJobs(file, true),
    retry: false,
  });
  const run = useSend(() => importJobs(file, false), {
    ...STALE,
    onSuccess: (done) => {
      const made = done.jobs.filter((job) => job.outcome !== "unchanged").length;
      say(tn(made, "{n} job is imported", "{n} jobs are imported"));
      onClose();
    },
  });
  const refused = plan.error ? toApiError(plan.error) : undefined;
  const problems = plan.data?.problems ?? refused?.details ?? [];
  const jobs = plan.data?.jobs ?? [];
  const parts = [...jobs, ...(plan.data?.scripts ?? [])];
  const isSame = parts.length > 0 && parts.every((job) => job.outcome === "unchanged");
  return (
    <>
      {refused && refused.details.length === 0 && <InlineError error={refused} />}
      {run.error && <InlineError error={run.error} meaning={t("Nothing was imported.")} />}
      {problems.length > 0 && <Problems problems={problems} />}
      {problems.length === 0 && parts.length > 0 && (
        <>
          <span>
            {isSame
              ? t("All of it is here already; nothing would change.")
              : t("This is what the file would do:")}
          </span>
          <ul className={classes.plan}>
            {parts.map((job, at) => (
              <li key={at}>
                <b>{job.name}</b>
                <span className={classes.second}>{job.code}</span>
                <span className={classes.planWhat}>
                  <StatusMark status={outcomeShape[job.outcome]} label={outcomeWord(job.outcome)} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <DialogActions left={<Button onClick={onOther}>{t("Choose another file")}</Button>}>
        <Button onClick={onClose}>{t("Close")}</Button>
        <Button
          variant="filled"
          loading={run.isPending}
          disabled={!plan.data || problems.length > 0 || isSame}
          onClick={() => run.mutate(undefined)}
        >
          {tn(jobs.length, "Import {n} job", "Import {n} jobs")}
        </Button>
      </DialogActions>
    </>
  );
}

const outcomeShape = { created: "passed", changed: "scheduled", unchanged: "completed" } as const;
const outcomeWord = (outcome: ImportedJob["outcome"]): string =>
  ({ created: t("New"), changed: t("Changed"), unchanged: t("As it is") })[outcome];

function Problems({ problems }: { problems: Problem[] }): ReactNode {
  return (
    <>
      <Callout tone="bad" role="alert">
        {tn(
          problems.length,
          "{n} thing is wrong with this file; nothing was imported.",
          "{n} things are wrong with this file; nothing was imported.",
        )}
      </Callout>
      <ul className={classes.plan}>
        {problems.map((problem, at) => (
          <li key={at}>
            <span className={classes.planPath}>{problem.path}</span>
            <span>{problem.message}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
