import { Button, Menu, SegmentedControl } from "@mantine/core";
import { IconDots, IconPencil } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { CustomerDetail, PersonExport } from "../../../gen";
import { saveFile } from "../../../host";
import { get, post, remove, useGet, useMay } from "../../../shared/api";
import { confirmAction, say, sayError } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { InlineError, Page } from "../../../shared/ui";
import { CustomerForm } from "../CustomerForm";
import classes from "../customers.module.css";
import { nameOf } from "../words";
import { History } from "./History";
import { Side } from "./Side";

const kinds = () => [
  { value: "", label: t("Timeline") },
  { value: "message", label: t("Messages") },
  { value: "reward", label: t("Rewards") },
  { value: "redemption", label: t("Codes") },
  { value: "reply", label: t("Replies") },
  { value: "card", label: t("Cards") },
];

export function ProfileScreen(): ReactNode {
  const { id } = useParams({ strict: false });
  return <Profile id={String(id)} key={String(id)} />;
}

/** One person: who they are, what may be sent, what happened. */
export function Profile({ id }: { id: string }): ReactNode {
  const { data: customer, error, refetch } = useGet<CustomerDetail>(`/customers/${id}`);
  const [kind, setKind] = useState("");
  const [editing, setEditing] = useState(false);
  const parents = [{ label: t("Customers"), href: "/customers" }];
  if (error) {
    return (
      <Page title={t("Customer")} parents={parents}>
        <InlineError error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return (
    <Page title={customer ? nameOf(customer) : t("Customer")} parents={parents} fill>
      <div className={classes.profile}>
        <h1 className="visually-hidden">{customer ? nameOf(customer) : t("Customer")}</h1>
        <Side
          customer={customer}
          actions={customer && <Actions customer={customer} onEdit={() => setEditing(true)} />}
        />
        <div className={classes.main}>
          <div className={classes.tabs}>
            <SegmentedControl
              data={kinds()}
              value={kind}
              onChange={setKind}
              aria-label={t("What to show")}
            />
          </div>
          <div className={classes.scroll}>
            <History id={id} kind={kind} />
          </div>
        </div>
      </div>
      <CustomerForm opened={editing} onClose={() => setEditing(false)} customer={customer} />
    </Page>
  );
}

function Actions(props: { customer: CustomerDetail; onEdit: () => void }): ReactNode {
  const { customer } = props;
  const may = useMay();
  const go = useGo();
  if (customer.erasedAt || !may("editCustomers")) return null;
  const exportAll = async () => {
    try {
      const all = await get<PersonExport>(`/customers/${customer.id}/export`);
      const text = JSON.stringify(all, null, 2);
      await saveFile(
        `customer-${customer.id}.json`,
        new Blob([text], { type: "application/json" }),
      );
    } catch (cause) {
      sayError(cause);
    }
  };
  const deactivate = () =>
    confirmAction({
      title: t("Deactivate {name}?", { name: nameOf(customer) }),
      text: t("Campaigns never target this person afterwards. The history stays."),
      action: t("Deactivate customer"),
      danger: true,
      run: async () => {
        await remove(`/customers/${customer.id}`);
        say(t("Customer deactivated"));
      },
    });
  const erase = () =>
    confirmAction({
      title: t("Erase {name} for good?", { name: nameOf(customer) }),
      text: t(
        "Name, addresses, fields and the words of messages and replies go and cannot be brought back. Counts in reports stay true.",
      ),
      action: t("Erase this person"),
      danger: true,
      run: async () => {
        await post(`/customers/${customer.id}/erase`);
        say(t("Person erased"));
        go("/customers");
      },
    });
  return (
    <div className={classes.actions}>
      <Button leftSection={<IconPencil size={15} stroke={1.6} />} onClick={props.onEdit}>
        {t("Change customer")}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="subtle" aria-label={t("More actions")}>
            <IconDots size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void exportAll()}>
            {t("Export everything about this person")}
          </Menu.Item>
          {customer.isActive && <Menu.Item onClick={deactivate}>{t("Deactivate…")}</Menu.Item>}
          <Menu.Item color="red" onClick={erase}>
            {t("Erase this person…")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
