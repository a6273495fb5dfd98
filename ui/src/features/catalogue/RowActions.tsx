import { Button, Menu } from "@mantine/core";
import { IconArchive, IconDots, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { post, remove, useSend } from "../../shared/api";
import { sayError, sayUndo } from "../../shared/feedback";
import { t } from "../../shared/i18n";

interface RowActionsProps {
  kind: "products" | "rewards";
  row: { id: string; name: string; archivedAt?: string | null };
}

/** What can be done with one row of the catalogue. */
export function RowActions({ kind, row }: RowActionsProps): ReactNode {
  const stale = { stale: [kind] };
  const restore = useSend(() => post(`/${kind}/${row.id}/restore`), stale);
  const archive = useSend(() => post(`/${kind}/${row.id}/archive`), {
    ...stale,
    onSuccess: () =>
      sayUndo(t("“{name}” archived", { name: row.name }), () => restore.mutateAsync(undefined)),
  });
  const erase = useSend(() => remove(`/${kind}/${row.id}`), stale);
  const run = (action: { mutateAsync: (input: undefined) => Promise<unknown> }) => () =>
    void action.mutateAsync(undefined).catch(sayError);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps the row from opening when its menu is used
    // biome-ignore lint/a11y/useKeyWithClickEvents: the menu inside has its own keys
    <span onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            size="xs"
            variant="subtle"
            px={5}
            aria-label={t("Actions for {name}", { name: row.name })}
          >
            <IconDots size={15} stroke={1.6} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {row.archivedAt ? (
            <Menu.Item leftSection={<IconArchive size={15} stroke={1.6} />} onClick={run(restore)}>
              {t("Restore")}
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconArchive size={15} stroke={1.6} />} onClick={run(archive)}>
              {t("Archive")}
            </Menu.Item>
          )}
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={15} stroke={1.6} />}
            onClick={run(erase)}
          >
            {t("Delete, if no offer uses it")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
