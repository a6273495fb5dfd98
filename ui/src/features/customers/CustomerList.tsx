import { Button, Menu } from "@mantine/core";
import { IconAdjustments, IconCheck, IconDownload, IconFileImport } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { CustomerFacet } from "../../gen";
import { post, useGet, useMay, useSend, withQuery } from "../../shared/api";
import { confirmAction, say, sayError } from "../../shared/feedback";
import { ActionButton } from "../../shared/form";
import { number } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { Chip, DataTable, FilterMenu, SelectionBar, Toolbar } from "../../shared/table";
import { EmptyState, Page, PageHeader } from "../../shared/ui";
import { CustomerForm } from "./CustomerForm";
import { columnChoices, columnsOf, keepColumns, keptColumns } from "./columns";
import { download } from "./download";
import { type CustomerFilter, noFilter, useCustomers } from "./useCustomers";
import { languageName } from "./words";

const labels = (): Record<string, string> => ({
  tier: t("Tier"),
  city: t("Town"),
  clientType: t("Client type"),
  preferredLanguage: t("Language"),
});

/** All customers: searched while typing, narrowed down, taken out as a file. */
export function CustomerList(): ReactNode {
  const [filter, setFilter] = useState<CustomerFilter>(noFilter);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [columns, setColumns] = useState(keptColumns);
  const [adding, setAdding] = useState(false);
  const { table, total } = useCustomers(filter);
  const go = useGo();
  const may = useMay();
  const change = (part: Partial<CustomerFilter>) => {
    setFilter((now) => ({ ...now, ...part }));
    setSelected(new Set());
  };
  const narrowed = Object.values(filter).some(Boolean);
  const noRight = may("editCustomers") ? undefined : t("Your role only reads customers");
  return (
    <Page
      title={t("Customers")}
      fill
      head={
        <>
          <PageHeader
            title={t("Customers")}
            aside={total === undefined ? undefined : number(total)}
            actions={
              <>
                <Button onClick={() => go("/customers/suppressions")}>
                  {t("Suppression list")}
                </Button>
                <ActionButton
                  leftSection={<IconFileImport size={15} stroke={1.6} />}
                  onClick={() => go("/customers/import")}
                >
                  {t("Import customers")}
                </ActionButton>
                <ActionButton
                  variant="filled"
                  keys="c"
                  reason={noRight}
                  onClick={() => setAdding(true)}
                >
                  {t("Add customer")}
                </ActionButton>
              </>
            }
          />
          <Toolbar
            search={filter.search}
            onSearch={(search) => change({ search })}
            placeholder={t("Name, email, phone or number")}
            right={
              <>
                <ColumnMenu shown={columns} onChange={setColumns} />
                <ExportMenu filter={filter} />
              </>
            }
          >
            <Filters filter={filter} onChange={change} />
          </Toolbar>
        </>
      }
    >
      <DataTable
        {...table}
        label={t("Customers")}
        columns={columnsOf(columns)}
        rowKey={(row) => String(row.id)}
        onOpen={(row) => go(`/customers/${row.id}`)}
        href={(row) => `/customers/${row.id}`}
        selected={noRight ? undefined : selected}
        onSelect={noRight ? undefined : setSelected}
        tone={(row) => (row.isActive ? undefined : "quiet")}
        empty={
          narrowed ? <NoMatch filter={filter} onClear={() => setFilter(noFilter)} /> : <Nobody />
        }
      />
      <Selection selected={selected} onClear={() => setSelected(new Set())} />
      <CustomerForm
        opened={adding}
        onClose={() => setAdding(false)}
        onSaved={(customer) => go(`/customers/${customer.id}`)}
      />
    </Page>
  );
}

function Filters(props: {
  filter: CustomerFilter;
  onChange: (part: Partial<CustomerFilter>) => void;
}): ReactNode {
  const { filter, onChange } = props;
  const facets = useGet<CustomerFacet[]>("/customers/facets").data ?? [];
  const fields = ["tier", "city", "clientType", "preferredLanguage"] as const;
  const words = labels();
  const shown = (field: string, value: string) =>
    field === "preferredLanguage" ? (languageName(value) ?? value) : value;
  const byField = fields.map((field) => ({
    label: words[field] ?? field,
    options: facets
      .filter((facet) => facet.field === field)
      .slice(0, 12)
      .map((facet) => ({
        label: shown(field, facet.value),
        on: filter[field] === facet.value,
        onToggle: () => onChange({ [field]: filter[field] === facet.value ? "" : facet.value }),
      })),
  }));
  const flag = (field: "optedOut" | "isActive", value: string, label: string) => ({
    label,
    on: filter[field] === value,
    onToggle: () => onChange({ [field]: filter[field] === value ? "" : value }),
  });
  const state = {
    label: t("State"),
    options: [
      flag("optedOut", "true", t("Opted out")),
      flag("optedOut", "false", t("Not opted out")),
      flag("isActive", "true", t("Active")),
      flag("isActive", "false", t("Not active")),
    ],
  };
  const chosen = [...byField, state].flatMap((group) =>
    group.options
      .filter((option) => option.on)
      .map((option) => ({ label: `${group.label}: ${option.label}`, off: option.onToggle })),
  );
  return (
    <>
      {chosen.map((chip) => (
        <Chip key={chip.label} label={chip.label} onRemove={chip.off} />
      ))}
      <FilterMenu groups={[...byField.filter((group) => group.options.length > 0), state]} />
    </>
  );
}

function ColumnMenu(props: { shown: string[]; onChange: (keys: string[]) => void }): ReactNode {
  const { shown, onChange } = props;
  const toggle = (key: string) => {
    const next = shown.includes(key) ? shown.filter((one) => one !== key) : [...shown, key];
    keepColumns(next);
    onChange(next);
  };
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Button variant="subtle" leftSection={<IconAdjustments size={15} stroke={1.6} />}>
          {t("Columns")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {columnChoices().map(({ key, header }) => (
          <Menu.Item
            key={key}
            disabled={key === "name"}
            onClick={() => toggle(key)}
            rightSection={shown.includes(key) ? <IconCheck size={14} aria-hidden /> : null}
          >
            {header}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ExportMenu({ filter }: { filter: CustomerFilter }): ReactNode {
  const [busy, setBusy] = useState(false);
  const take = async (format: "csv" | "xlsx") => {
    setBusy(true);
    try {
      await download(withQuery("/customers/export", { ...filter, format }), `customers.${format}`);
    } catch (cause) {
      sayError(cause);
    }
    setBusy(false);
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          loading={busy}
          leftSection={<IconDownload size={15} stroke={1.6} />}
        >
          {t("Export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void take("csv")}>{t("This list as CSV")}</Menu.Item>
        <Menu.Item onClick={() => void take("xlsx")}>{t("This list as Excel workbook")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Selection(props: { selected: ReadonlySet<string>; onClear: () => void }): ReactNode {
  const ids = [...props.selected].map(Number);
  const act = useSend(
    (action: string) => post<{ changed: number }>("/customers/bulk", { action, customerIds: ids }),
    { stale: ["customers"], onSuccess: props.onClear },
  );
  const people = tn(ids.length, "{n} customer", "{n} customers");
  const optOut = async () => {
    try {
      await act.mutateAsync("opt_out");
      say(t("{people} opted out", { people }));
    } catch (cause) {
      sayError(cause);
    }
  };
  // No undo for the one above, and a question before this one: some may have asked for no messages.
  const optIn = () =>
    confirmAction({
      title: t("Send to {people} again?", { people }),
      text: t(
        "Also to those of them who asked for no messages. Do this only when they have said so.",
      ),
      action: t("Opt in {people}", { people }),
      run: async () => {
        await act.mutateAsync("opt_in");
        say(t("{people} opted in", { people }));
      },
    });
  const retire = () =>
    confirmAction({
      title: t("Deactivate {people}?", { people }),
      text: t("They are no target of any campaign afterwards. Their history stays."),
      action: t("Deactivate {people}", { people }),
      danger: true,
      run: async () => {
        await act.mutateAsync("deactivate");
        say(t("{people} deactivated", { people }));
      },
    });
  return (
    <SelectionBar count={ids.length} onClear={props.onClear}>
      <Button variant="subtle" onClick={() => void optOut()}>
        {t("Opt out")}
      </Button>
      <Button variant="subtle" onClick={optIn}>
        {t("Opt in…")}
      </Button>
      <Button variant="subtle" color="red" onClick={retire}>
        {t("Deactivate…")}
      </Button>
    </SelectionBar>
  );
}

function Nobody(): ReactNode {
  const go = useGo();
  return (
    <EmptyState
      title={t("No customers yet")}
      text={t(
        "Bring them in from a spreadsheet: names, addresses, tiers, balances and whatever else you know.",
      )}
      action={
        <Button variant="filled" onClick={() => go("/customers/import")}>
          {t("Import customers")}
        </Button>
      }
    />
  );
}

function NoMatch(props: { filter: CustomerFilter; onClear: () => void }): ReactNode {
  const { search } = props.filter;
  return (
    <EmptyState
      title={
        search
          ? t("No customer matches “{search}”", { search })
          : t("No customer matches these filters")
      }
      text={t(
        "Search looks at the beginning of first and last names, email addresses and phone numbers.",
      )}
      action={<Button onClick={props.onClear}>{t("Show all customers")}</Button>}
    />
  );
}
