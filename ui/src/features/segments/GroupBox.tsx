import { Button, SegmentedControl } from "@mantine/core";
import { IconFolderPlus, IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { sizeBefore, useBuilder } from "./context";
import { LineRow } from "./LineRow";
import { RowEnd } from "./RowEnd";
import { RowMenu } from "./RowMenu";
import classes from "./segments.module.css";
import { type Group, type Logic, newGroup, newLine } from "./tree";
import { logicLabel, logicText } from "./words";

interface GroupBoxProps {
  group: Group;
  /** The outermost one has no frame and cannot go. */
  isRoot?: boolean;
  depth: number;
  /** People left before this group. */
  before: number | undefined;
  /** How the group that holds it combines. */
  within?: Logic;
}

const LOGICS: Logic[] = ["AND", "OR", "NOT"];
const MAX_DEPTH = 10;

/** Lines and groups that belong together, and how. */
export function GroupBox({ group, isRoot, depth, before, within }: GroupBoxProps): ReactNode {
  const { change, readOnly, fields, sizes } = useBuilder();
  const set = (next: Partial<Group>) => change(group.id, (item) => ({ ...item, ...next }) as Group);
  const lineField = fields.find((field) => field.name === "tier") ?? fields[0];
  return (
    <fieldset className={classes.group} data-root={isRoot || undefined}>
      <legend className="visually-hidden">{`${logicLabel(group.logic)}: ${logicText(group.logic)}`}</legend>
      <div className={classes.groupHead}>
        <div className={classes.groupLogic}>
          {!isRoot && !readOnly && <RowMenu item={group} />}
          <SegmentedControl
            size="xs"
            aria-label={t("How these lines combine")}
            readOnly={readOnly}
            value={group.logic}
            onChange={(logic) => set({ logic: logic as Logic })}
            data={LOGICS.map((value) => ({ value, label: logicLabel(value) }))}
          />
          <span className={classes.logicText}>{logicText(group.logic)}</span>
        </div>
        {!isRoot && <RowEnd item={group} before={before} within={within ?? "AND"} />}
      </div>
      <div className={classes.items} data-logic={group.logic}>
        {group.items.map((item, place) => {
          const left = sizeBefore(group, place, sizes, before);
          return item.kind === "line" ? (
            <LineRow key={item.id} line={item} before={left} within={group.logic} />
          ) : (
            <GroupBox
              key={item.id}
              group={item}
              depth={depth + 1}
              before={left}
              within={group.logic}
            />
          );
        })}
        {!readOnly && (
          <div className={classes.add}>
            <Button
              size="xs"
              variant="subtle"
              leftSection={<IconPlus size={14} stroke={1.7} />}
              onClick={() => set({ items: [...group.items, newLine(lineField)] })}
            >
              {t("Condition")}
            </Button>
            {depth < MAX_DEPTH && (
              <Button
                size="xs"
                variant="subtle"
                leftSection={<IconFolderPlus size={14} stroke={1.7} />}
                onClick={() =>
                  set({ items: [...group.items, newGroup([newLine(lineField)], "OR")] })
                }
              >
                {t("Group")}
              </Button>
            )}
          </div>
        )}
      </div>
    </fieldset>
  );
}
