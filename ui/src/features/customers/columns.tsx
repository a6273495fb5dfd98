import type { CustomerView } from "../../gen";
import { day } from "../../shared/format";
import { t } from "../../shared/i18n";
import type { Column } from "../../shared/table";
import { channelLabel, Money, None, StatusMark } from "../../shared/ui";
import { languageName, nameOf, phoneText } from "./words";

const text = (value: string | null | undefined) =>
  value ? (
    <span className="ellipsis" title={value}>
      {value}
    </span>
  ) : (
    <None />
  );

/** Whether messages reach the person at all, in a shape and a word. */
function Reach({ customer }: { customer: CustomerView }) {
  if (!customer.isActive) return <StatusMark status="cancelled" label={t("Not active")} />;
  if (customer.optedOut) return <StatusMark status="paused" label={t("Opted out")} />;
  return <StatusMark status="passed" label={t("Yes")} />;
}

const all = (): (Column<CustomerView> & { usual: boolean })[] => [
  {
    key: "name",
    header: t("Name"),
    width: "minmax(150px, 2fr)",
    usual: true,
    cell: (row) => (
      <span className="ellipsis" style={{ fontWeight: 500 }} title={nameOf(row)}>
        {nameOf(row)}
      </span>
    ),
  },
  {
    key: "externalId",
    header: t("Number"),
    width: "80px",
    usual: true,
    cell: (row) => text(row.externalId),
  },
  {
    key: "phone",
    header: t("Phone"),
    width: "130px",
    usual: true,
    cell: (row) => text(phoneText(row.phone)),
  },
  {
    key: "email",
    header: t("Email"),
    width: "minmax(130px, 2fr)",
    usual: true,
    optional: true,
    cell: (row) => text(row.email),
  },
  {
    key: "city",
    header: t("Town"),
    width: "minmax(72px, 1fr)",
    usual: true,
    cell: (row) => text(row.city),
  },
  { key: "tier", header: t("Tier"), width: "72px", usual: true, cell: (row) => text(row.tier) },
  {
    key: "clientType",
    header: t("Client type"),
    width: "96px",
    usual: false,
    cell: (row) => text(row.clientType),
  },
  {
    key: "language",
    header: t("Language"),
    width: "88px",
    usual: false,
    cell: (row) => text(languageName(row.preferredLanguage)),
  },
  {
    key: "channel",
    header: t("Prefers"),
    width: "88px",
    usual: false,
    cell: (row) => text(row.preferredChannel ? channelLabel(row.preferredChannel) : null),
  },
  {
    key: "product",
    header: t("Product"),
    width: "minmax(90px, 1fr)",
    usual: false,
    cell: (row) => text(row.preferredProduct),
  },
  {
    key: "balance",
    header: t("Balance"),
    width: "116px",
    right: true,
    usual: true,
    cell: (row) => <Money amount={row.accountBalance} currency={row.currency ?? undefined} />,
  },
  {
    key: "registered",
    header: t("Registered"),
    width: "100px",
    right: true,
    usual: false,
    cell: (row) => (row.registrationDate ? day(row.registrationDate) : <None />),
  },
  {
    key: "lastPurchase",
    header: t("Last purchase"),
    width: "104px",
    right: true,
    usual: true,
    optional: true,
    cell: (row) => (row.lastPurchaseDate ? day(row.lastPurchaseDate) : <None />),
  },
  {
    key: "reach",
    header: t("May we send?"),
    width: "106px",
    usual: true,
    cell: (row) => <Reach customer={row} />,
  },
];

const KEPT = "muster.customers.columns";

/** Keys of the columns that this person wants to see, kept on this device. */
export function keptColumns(): string[] {
  const usual = all()
    .filter((column) => column.usual)
    .map((column) => column.key);
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null");
    return Array.isArray(kept) && kept.includes("name") ? kept : usual;
  } catch {
    return usual;
  }
}

export const keepColumns = (keys: string[]) => localStorage.setItem(KEPT, JSON.stringify(keys));

/** Every column there is, for the menu. */
export const columnChoices = () => all().map(({ key, header }) => ({ key, header }));

export const columnsOf = (keys: string[]): Column<CustomerView>[] =>
  all().filter((column) => keys.includes(column.key));
