import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { PickOne } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import classes from "../offers.module.css";

interface PickListProps<T extends { id: string; name: string }> {
  /** "Products of this offer". */
  label: string;
  chosen: T[];
  /** The catalogue; what is chosen already is left out. */
  all: T[] | undefined;
  onChange: (chosen: T[]) => void;
  /** Second line of a row. */
  about: (row: T) => string;
  /** Right side of a row. */
  right: (row: T) => ReactNode;
  placeholder: string;
  empty: string;
  readOnly: boolean;
  /** Beside the search: "New product…". */
  create?: ReactNode;
}

/** A few things taken from the catalogue, in order. */
export function PickList<T extends { id: string; name: string }>(
  props: PickListProps<T>,
): ReactNode {
  const { chosen, all, onChange, readOnly } = props;
  const free = (all ?? []).filter((one) => !chosen.some((taken) => taken.id === one.id));
  return (
    <>
      {chosen.length === 0 ? (
        <p className={classes.nothing}>{props.empty}</p>
      ) : (
        <ul className={classes.picked} aria-label={props.label}>
          {chosen.map((row) => (
            <li key={row.id}>
              <span className={classes.pickedName}>
                <b className="ellipsis" title={row.name}>
                  {row.name}
                </b>
                <span className="ellipsis">{props.about(row)}</span>
              </span>
              {props.right(row)}
              <ActionIcon
                aria-label={t("Take out {name}", { name: row.name })}
                disabled={readOnly}
                onClick={() => onChange(chosen.filter((one) => one.id !== row.id))}
              >
                <IconX size={15} stroke={1.6} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      {!readOnly && (
        <div className={classes.pick}>
          <PickOne
            aria-label={props.placeholder}
            placeholder={props.placeholder}
            data={free.map((one) => ({ value: one.id, label: one.name }))}
            onPick={(id) => {
              const found = free.find((one) => one.id === id);
              if (found) onChange([...chosen, found]);
            }}
            nothingFoundMessage={t("Nothing in the catalogue matches")}
            style={{ flex: 1, maxWidth: 420 }}
          />
          {props.create}
        </div>
      )}
    </>
  );
}
