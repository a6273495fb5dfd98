import { Button, Tabs } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useList, useMay } from "../../shared/api";
import {
  type Product,
  ProductDialog,
  type Reward,
  RewardDialog,
  rewardKinds,
  rewardValue,
} from "../../shared/catalogue";
import { ActionButton } from "../../shared/form";
import { t } from "../../shared/i18n";
import { Chip, type Column, DataTable, FilterMenu, Toolbar } from "../../shared/table";
import { EmptyState, Money, None, Page, PageHeader } from "../../shared/ui";
import { RowActions } from "./RowActions";

type Tab = "products" | "rewards";

/** Products and rewards: what offers are made of. */
export function Catalogue(): ReactNode {
  const may = useMay()("editContent");
  const [tab, setTab] = useState<Tab>("products");
  const [search, setSearch] = useState("");
  const [archived, setArchived] = useState(false);
  const [editing, setEditing] = useState<{ product?: Product; reward?: Reward; opened: boolean }>({
    opened: false,
  });
  const close = () => setEditing((now) => ({ ...now, opened: false }));
  const products = tab === "products";
  const listProps = {
    search,
    archived,
    onClear: () => {
      setSearch("");
      setArchived(false);
    },
    onCreate: () => setEditing({ opened: true }),
    may,
  };
  return (
    <Page
      title={t("Products & rewards")}
      fill
      head={
        <>
          <PageHeader
            title={t("Products & rewards")}
            text={t("What offers give, and what acting on them earns.")}
            actions={
              <ActionButton
                variant="filled"
                keys="c"
                leftSection={<IconPlus size={15} stroke={1.8} />}
                reason={may ? undefined : t("Managers change the catalogue")}
                onClick={() => setEditing({ opened: true })}
              >
                {products ? t("Add product") : t("Add reward")}
              </ActionButton>
            }
          />
          <Tabs value={tab} onChange={(next) => setTab(next as Tab)} px={24} mb={8}>
            <Tabs.List>
              <Tabs.Tab value="products">{t("Products")}</Tabs.Tab>
              <Tabs.Tab value="rewards">{t("Rewards")}</Tabs.Tab>
            </Tabs.List>
          </Tabs>
          <Toolbar
            search={search}
            onSearch={setSearch}
            placeholder={products ? t("Name of a product") : t("Name of a reward")}
          >
            {archived && <Chip label={t("Archived")} onRemove={() => setArchived(false)} />}
            <FilterMenu
              groups={[
                {
                  label: t("Show"),
                  options: [
                    { label: t("Archived"), on: archived, onToggle: () => setArchived(!archived) },
                  ],
                },
              ]}
            />
          </Toolbar>
        </>
      }
    >
      {products ? (
        <Products {...listProps} onOpen={(product) => setEditing({ product, opened: true })} />
      ) : (
        <Rewards {...listProps} onOpen={(reward) => setEditing({ reward, opened: true })} />
      )}
      <ProductDialog
        opened={editing.opened && products}
        product={editing.product}
        onClose={close}
      />
      <RewardDialog opened={editing.opened && !products} reward={editing.reward} onClose={close} />
    </Page>
  );
}

interface ListProps<T> {
  search: string;
  archived: boolean;
  may: boolean;
  onClear: () => void;
  onCreate: () => void;
  onOpen: (row: T) => void;
}

function Products({
  search,
  archived,
  may,
  onClear,
  onCreate,
  onOpen,
}: ListProps<Product>): ReactNode {
  const list = useList<Product>("/products", { search, archived: archived || undefined });
  const columns: Column<Product>[] = [
    {
      key: "name",
      header: t("Product"),
      width: "minmax(200px, 2fr)",
      cell: (row) => <b>{row.name}</b>,
    },
    { key: "type", header: t("Type"), width: "120px", cell: (row) => row.type || <None /> },
    {
      key: "value",
      header: t("What one gets"),
      width: "140px",
      cell: (row) => row.value || <None />,
    },
    {
      key: "description",
      header: t("Description"),
      optional: true,
      width: "minmax(120px, 2fr)",
      cell: (row) => <span className="ellipsis">{row.description}</span>,
    },
    {
      key: "price",
      header: t("Price"),
      width: "130px",
      right: true,
      cell: (row) => <Money amount={row.price} currency={row.currency} />,
    },
    {
      key: "menu",
      header: "",
      width: "44px",
      cell: (row) => may && <RowActions kind="products" row={row} />,
    },
  ];
  return (
    <DataTable
      {...list.table}
      label={t("Products")}
      columns={columns}
      rowKey={(row) => row.id}
      onOpen={may ? onOpen : undefined}
      empty={
        search || archived ? (
          <NoMatch search={search} onClear={onClear} />
        ) : (
          <EmptyState
            title={t("No products yet")}
            text={t(
              "A product is what a customer gets with an offer: a data bundle, a contract, a device.",
            )}
            action={may && <Button onClick={onCreate}>{t("Add product")}</Button>}
          />
        )
      }
    />
  );
}

function Rewards({
  search,
  archived,
  may,
  onClear,
  onCreate,
  onOpen,
}: ListProps<Reward>): ReactNode {
  const list = useList<Reward>("/rewards", { search, archived: archived || undefined });
  const kind = (row: Reward) => rewardKinds().find((one) => one.value === row.type)?.label;
  const columns: Column<Reward>[] = [
    {
      key: "name",
      header: t("Reward"),
      width: "minmax(200px, 2fr)",
      cell: (row) => <b>{row.name}</b>,
    },
    { key: "type", header: t("Kind"), width: "180px", cell: kind },
    {
      key: "description",
      header: t("Description"),
      optional: true,
      width: "minmax(120px, 2fr)",
      cell: (row) => <span className="ellipsis">{row.description}</span>,
    },
    { key: "value", header: t("Value"), width: "170px", right: true, cell: rewardValue },
    {
      key: "menu",
      header: "",
      width: "44px",
      cell: (row) => may && <RowActions kind="rewards" row={row} />,
    },
  ];
  return (
    <DataTable
      {...list.table}
      label={t("Rewards")}
      columns={columns}
      rowKey={(row) => row.id}
      onOpen={may ? onOpen : undefined}
      empty={
        search || archived ? (
          <NoMatch search={search} onClear={onClear} />
        ) : (
          <EmptyState
            title={t("No rewards yet")}
            text={t(
              "A reward is credited once to a customer who acts on an offer: an amount, a discount, points.",
            )}
            action={may && <Button onClick={onCreate}>{t("Add reward")}</Button>}
          />
        )
      }
    />
  );
}

function NoMatch({ search, onClear }: { search: string; onClear: () => void }): ReactNode {
  return (
    <EmptyState
      title={search ? t("Nothing matches “{search}”", { search }) : t("Nothing is archived")}
      action={<Button onClick={onClear}>{t("Show all")}</Button>}
    />
  );
}
