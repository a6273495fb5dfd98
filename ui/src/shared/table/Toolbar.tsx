import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { t } from "../i18n";
import { useShortcut } from "../keys";
import classes from "./table.module.css";

interface ToolbarProps {
  /** Text being searched for; with `onSearch` a field appears that `/` focuses. */
  search?: string;
  onSearch?: (text: string) => void;
  placeholder?: string;
  /** `Chip`s and filter menus. */
  children?: ReactNode;
  /** Saved views, columns, export. */
  right?: ReactNode;
}

/** Above a table: search, active filters as chips, quiet actions at the right. */
export function Toolbar({
  search = "",
  onSearch,
  placeholder,
  children,
  right,
}: ToolbarProps): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(search);
  const tell = useDebouncedCallback((value: string) => onSearch?.(value), 200);
  useEffect(() => setText(search), [search]);
  useShortcut("/", t("Search in this list"), () => field.current?.focus(), {
    group: t("This list"),
    enabled: onSearch !== undefined,
  });
  return (
    <div className={classes.toolbar} role="search">
      {onSearch && (
        <TextInput
          ref={field}
          className={classes.find}
          aria-label={placeholder ?? t("Search")}
          placeholder={placeholder ?? t("Search")}
          leftSection={<IconSearch size={15} stroke={1.6} />}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            tell(event.currentTarget.value);
          }}
          onKeyDown={(event) => event.key === "Escape" && field.current?.blur()}
        />
      )}
      {children}
      {right && <div className={classes.toolbarRight}>{right}</div>}
    </div>
  );
}

/** A filter that is on; its cross takes it off. */
export function Chip({ label, onRemove }: { label: string; onRemove: () => void }): ReactNode {
  return (
    <span className={classes.chip}>
      {label}
      <button
        type="button"
        className={classes.chipOff}
        aria-label={t("Remove filter {label}", { label })}
        onClick={onRemove}
      >
        <IconX size={12} stroke={1.8} />
      </button>
    </span>
  );
}
