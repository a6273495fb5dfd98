import { UnstyledButton } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ProgressBar } from "../../shared/charts";
import { number, signed } from "../../shared/format";
import { t } from "../../shared/i18n";
import { useBuilder } from "./context";
import classes from "./segments.module.css";
import type { Item, Logic } from "./tree";

interface RowEndProps {
  item: Item;
  /** People left before this row. */
  before: number | undefined;
  within: Logic;
}

/** The right end of a row: how many people it leaves, and its cross. */
export function RowEnd({ item, before, within }: RowEndProps): ReactNode {
  const { sizes, total, change, readOnly } = useBuilder();
  const size = sizes.get(item.id);
  const share = size !== undefined && before ? (size / before - 1) * 100 : undefined;
  const words = {
    AND: share === undefined ? "" : signed(share, "%", 0),
    OR: t("alone"),
    NOT: t("left out"),
  };
  return (
    <div className={classes.end}>
      <span className={classes.endBar}>
        {size !== undefined && total !== undefined && (
          <ProgressBar
            label={t("{size} of {total} people", { size: number(size), total: number(total) })}
            total={total}
            segments={[
              { value: size, tone: "live" },
              { value: Math.max(0, (before ?? size) - size), tone: "tint" },
            ]}
            size={6}
          />
        )}
      </span>
      <span className={classes.endSize}>{size === undefined ? "–" : number(size)}</span>
      <span className={classes.endChange}>{size === undefined ? "" : words[within]}</span>
      {readOnly ? (
        <span className={classes.cross} />
      ) : (
        <UnstyledButton
          className={classes.cross}
          aria-label={item.kind === "group" ? t("Remove group") : t("Remove condition")}
          onClick={() => change(item.id, () => undefined)}
        >
          <IconX size={14} stroke={1.7} />
        </UnstyledButton>
      )}
    </div>
  );
}
