import type { ReactNode } from "react";
import { useGet, useMay } from "../../../../shared/api";
import { t } from "../../../../shared/i18n";
import { SuggestField } from "../form";

interface SecretFieldProps {
  path: string;
  value: string;
  onChange: (name: string) => void;
  label?: string;
}

/** The name of a secret; its value is nowhere in a job. */
export function SecretField({ path, value, onChange, label }: SecretFieldProps): ReactNode {
  const may = useMay()("writeScripts");
  const names = useGet<string[]>("/job-secrets", undefined, { enabled: may });
  return (
    <SuggestField
      label={label ?? t("Name of the secret")}
      path={path}
      data={names.data ?? []}
      value={value}
      onChange={onChange}
    />
  );
}
