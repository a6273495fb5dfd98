import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../../../shared/i18n";
import { EmptyState } from "../../../shared/ui";
import type { JobFile } from "../model/types";
import classes from "./list.module.css";
import { useExamples } from "./useExamples";

interface ExamplesProps {
  may: boolean;
  onImport: (file: JobFile) => void;
}

/** Nothing of one's own yet: chains that work, to begin with. */
export function Examples({ may, onImport }: ExamplesProps): ReactNode {
  const examples = useExamples();
  return (
    <section aria-label={t("Examples")}>
      <EmptyState
        title={t("No job of your own yet")}
        text={
          may
            ? t(
                "A job is a chain of steps that runs by hand, at fixed times, when something happens, or after other jobs. Begin with one of these, or create your own.",
              )
            : t("Managers create jobs; they appear here.")
        }
      />
      {may && (
        <ul className={classes.examples}>
          {examples?.map((example) => (
            <li key={example.name} className={classes.example}>
              <b>{example.title}</b>
              <p>{example.description}</p>
              <Button
                aria-label={t("Import {name}", { name: example.title })}
                onClick={() => onImport(example.file)}
              >
                {t("Import…")}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
