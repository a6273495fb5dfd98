import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../i18n";
import classes from "./page.module.css";
import { useLate } from "./useLate";

/** What stands for a screen that is still asked for: nothing at first, then its outline. */
export function Loading(): ReactNode {
  const late = useLate(150);
  if (!late) return null;
  return (
    <div role="status" aria-label={t("Loading")} className={classes.loading}>
      <Skeleton height={28} width={280} />
      <Skeleton height={16} width={420} />
      <Skeleton height="100%" />
    </div>
  );
}
