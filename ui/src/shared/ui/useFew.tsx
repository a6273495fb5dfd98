import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { number } from "../format";
import { t } from "../i18n";

/**
 * The first few of a list that may be long, and the button that shows all of it. Two more than `most`
 * are not worth a button.
 */
export function useFew<T>(items: T[], most: number): { shown: T[]; more: ReactNode } {
  const [open, setOpen] = useState(false);
  if (open || items.length <= most + 2) return { shown: items, more: null };
  return {
    shown: items.slice(0, most),
    more: (
      <Button size="xs" variant="subtle" onClick={() => setOpen(true)}>
        {t("Show all {n}", { n: number(items.length) })}
      </Button>
    ),
  };
}
