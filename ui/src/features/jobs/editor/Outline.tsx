import { DragDropContext, Draggable, Droppable, type DropResult } from "@hello-pangea/dnd";
import { Button, Menu } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconGripVertical,
  IconPlus,
  IconTrash,
} from "@tabler/icons-react";
import type { KeyboardEvent, ReactNode } from "react";
import { useMay } from "../../../shared/api";
import fields from "../../../shared/form/field.module.css";
import { number } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { MoreMenu, StatusShape } from "../../../shared/ui";
import { isScript, STEP_TYPES, type StepType } from "../model/definition";
import { stepTypeName } from "../model/words";
import type { DraftStep } from "./draft";
import classes from "./editor.module.css";
import { PLACES, type Place, type Problems } from "./problems";

/** What is open: a part of the job, or a step by its key. */
export type Chosen = { place: Place } | { step: string };

export const placeName = (place: Place): string =>
  ({
    basics: t("Name and kind"),
    when: t("When it runs"),
    waits: t("Waits for"),
    limits: t("Limits"),
    told: t("Who is told"),
    values: t("Values"),
  })[place];

interface OutlineProps {
  steps: DraftStep[];
  chosen: Chosen;
  problems: Problems;
  readOnly: boolean;
  /** Of a built-in job, only some parts can be changed, and its steps are not there. */
  isBuiltIn: boolean;
  onChoose: (chosen: Chosen) => void;
  onMove: (from: number, to: number) => void;
  onAdd: (type: StepType) => void;
  onCopy: (at: number) => void;
  onRemove: (at: number) => void;
}

/** The parts of the job and its steps in their order. Steps are dragged, or moved with Alt and the arrow keys. */
export function Outline(props: OutlineProps): ReactNode {
  const { steps, chosen, problems, readOnly, isBuiltIn, onChoose, onMove } = props;
  const places = isBuiltIn
    ? PLACES.filter((place) => ["basics", "when", "told"].includes(place))
    : PLACES;
  const drop = ({ source, destination }: DropResult) => {
    if (destination && destination.index !== source.index) onMove(source.index, destination.index);
  };
  return (
    <nav className={classes.outline} aria-label={t("Parts of the job")}>
      <ul className={classes.places}>
        {places.map((place) => (
          <li key={place}>
            <button
              type="button"
              className={classes.entry}
              aria-current={"place" in chosen && chosen.place === place}
              onClick={() => onChoose({ place })}
            >
              <span className="ellipsis">{placeName(place)}</span>
              <Wrong count={problems.inPlace(place).length} />
            </button>
          </li>
        ))}
      </ul>
      {!isBuiltIn && (
        <>
          <div className={classes.stepsHead}>
            <h2>{t("Steps")}</h2>
            <span>{steps.length > 0 && number(steps.length)}</span>
            {!readOnly && <AddStep onAdd={props.onAdd} />}
          </div>
          <DragDropContext onDragEnd={drop}>
            <Droppable droppableId="steps">
              {(list) => (
                <ol ref={list.innerRef} {...list.droppableProps} className={classes.stepList}>
                  {steps.map((one, at) => (
                    <StepEntry key={one.key} {...props} one={one} at={at} />
                  ))}
                  {list.placeholder}
                </ol>
              )}
            </Droppable>
          </DragDropContext>
          {steps.length === 0 && (
            <p className={fields.description}>
              {t("No step yet. Add one, and the job has something to do.")}
            </p>
          )}
        </>
      )}
    </nav>
  );
}

function StepEntry(props: OutlineProps & { one: DraftStep; at: number }): ReactNode {
  const { one, at, steps, chosen, problems, readOnly, onChoose, onMove } = props;
  const name = one.step.step_name || one.step.step_code;
  const key = (event: KeyboardEvent) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !by || readOnly) return;
    event.preventDefault();
    const to = at + by;
    if (to >= 0 && to < steps.length) onMove(at, to);
  };
  return (
    <Draggable draggableId={one.key} index={at} isDragDisabled={readOnly}>
      {(drag, state) => (
        <li
          ref={drag.innerRef}
          {...drag.draggableProps}
          className={classes.stepEntry}
          data-dragged={state.isDragging || undefined}
          data-off={one.step.is_active === false || undefined}
        >
          <span
            {...drag.dragHandleProps}
            className={classes.grip}
            role="button"
            aria-label={t("Move {name}", { name })}
          >
            <IconGripVertical size={14} stroke={1.6} aria-hidden />
          </span>
          <button
            type="button"
            className={classes.entry}
            aria-current={"step" in chosen && chosen.step === one.key}
            aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
            onClick={() => onChoose({ step: one.key })}
            onKeyDown={key}
          >
            <span className={classes.stepName}>
              <span className="ellipsis" title={name}>
                {name}
              </span>
              <span className={classes.stepType}>
                {stepTypeName(one.step.step_type)}
                {one.step.is_parallel && ` · ${t("side by side")}`}
              </span>
            </span>
            <Wrong count={problems.inStep(at).length} />
          </button>
          {!readOnly && <StepMenu {...props} name={name} />}
        </li>
      )}
    </Draggable>
  );
}

function StepMenu(props: OutlineProps & { at: number; name: string }): ReactNode {
  const { at, name, steps, onMove, onCopy, onRemove } = props;
  return (
    <MoreMenu size="xs" label={t("More about {name}", { name })}>
      <Menu.Item
        leftSection={<IconArrowUp size={14} stroke={1.6} />}
        disabled={at === 0}
        onClick={() => onMove(at, at - 1)}
      >
        {t("Move up")}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconArrowDown size={14} stroke={1.6} />}
        disabled={at === steps.length - 1}
        onClick={() => onMove(at, at + 1)}
      >
        {t("Move down")}
      </Menu.Item>
      <Menu.Item leftSection={<IconCopy size={14} stroke={1.6} />} onClick={() => onCopy(at)}>
        {t("Copy step")}
      </Menu.Item>
      <Menu.Item
        color="red"
        leftSection={<IconTrash size={14} stroke={1.6} />}
        onClick={() => onRemove(at)}
      >
        {t("Remove step")}
      </Menu.Item>
    </MoreMenu>
  );
}

function AddStep({ onAdd }: { onAdd: (type: StepType) => void }): ReactNode {
  const mayScript = useMay()("writeScripts");
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="subtle" leftSection={<IconPlus size={14} stroke={1.6} />}>
          {t("Add step")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {STEP_TYPES.map((type) => (
          <Menu.Item
            key={type}
            disabled={isScript(type) && !mayScript}
            rightSection={
              isScript(type) && !mayScript ? (
                <span className={fields.description}>{t("administrators")}</span>
              ) : undefined
            }
            onClick={() => onAdd(type)}
          >
            {stepTypeName(type)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Wrong({ count }: { count: number }): ReactNode {
  if (count === 0) return null;
  return (
    <span className={classes.wrong} title={tn(count, "{n} problem", "{n} problems")}>
      <StatusShape status="failed" size={12} />
      <span className="visually-hidden">{tn(count, "{n} problem", "{n} problems")}</span>
    </span>
  );
}
