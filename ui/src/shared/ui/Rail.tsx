import { Button, Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { t } from "../i18n";
import classes from "./rail.module.css";

interface RailProps {
  /** Names the region and the drawer: "What limits the rate now". */
  label: string;
  /** The one line that stays below 1180: "SMS Route 1 limits the rate now: 594 of 600 a minute." */
  summary: ReactNode;
  /** 296–340. */
  width?: number;
  /** On `surface` instead of the canvas: lists and editors. */
  surface?: boolean;
  children: ReactNode;
}

/** What stands beside the work. Below 1180 it folds to its summary and a link that opens it. */
export function Rail({ label, summary, width = 310, surface, children }: RailProps): ReactNode {
  const narrow = useMediaQuery("(max-width: 1179px)") ?? false;
  const [open, setOpen] = useState(false);
  if (!narrow) {
    return (
      <aside
        className={classes.rail}
        style={{ width }}
        aria-label={label}
        data-surface={surface || undefined}
      >
        {children}
      </aside>
    );
  }
  return (
    <aside className={classes.folded} aria-label={label}>
      <span className="ellipsis">{summary}</span>
      <Button variant="transparent" size="xs" onClick={() => setOpen(true)}>
        {t("Show details")}
      </Button>
      <Drawer
        position="right"
        size={width + 48}
        opened={open}
        onClose={() => setOpen(false)}
        title={label}
      >
        {children}
      </Drawer>
    </aside>
  );
}

/** A part of a rail, divided from the next by a hairline. */
export function RailSection({
  title,
  aside,
  children,
}: {
  title?: string;
  aside?: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <section className={classes.section}>
      {title && (
        <div className={classes.head}>
          <h2 className={classes.title}>{title}</h2>
          {aside && <span className={classes.aside}>{aside}</span>}
        </div>
      )}
      {children}
    </section>
  );
}
