import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import type { AttributeView, CustomerDetail } from "../../../gen";
import { day, money } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import {
  BigFigure,
  channelLabel,
  KeyValue,
  None,
  Person,
  StatusMark,
  useLate,
} from "../../../shared/ui";
import classes from "../customers.module.css";
import { languageName, nameOf, phoneText } from "../words";
import { MaySend } from "./MaySend";

/** Left of the timeline: who the person is and what may be sent. */
export function Side({
  customer,
  actions,
}: {
  customer: CustomerDetail | undefined;
  actions: ReactNode;
}): ReactNode {
  const late = useLate(150);
  if (!customer) return <div className={classes.side}>{late && <Waiting />}</div>;
  const under = [customer.externalId, customer.city].filter(Boolean).join(" · ");
  return (
    <section className={classes.side} aria-label={t("About this person")}>
      <Person name={nameOf(customer)} size={40} text={under || undefined} />
      {customer.erasedAt && (
        <StatusMark status="cancelled" label={t("Erased {day}", { day: day(customer.erasedAt) })} />
      )}
      {!customer.erasedAt && !customer.isActive && (
        <StatusMark status="cancelled" label={t("Not active")} />
      )}
      {actions}
      <div className={classes.balance}>
        <BigFigure
          label={t("Balance")}
          value={money(customer.accountBalance, customer.currency ?? undefined)}
        />
      </div>
      <Facts customer={customer} />
      <h2>{t("May we send?")}</h2>
      <MaySend customer={customer} />
      {customer.attributes.length > 0 && (
        <>
          <h2>{t("Fields of your own")}</h2>
          <KeyValue
            rows={customer.attributes.map((one) => ({ label: one.label, value: valueText(one) }))}
          />
        </>
      )}
    </section>
  );
}

function valueText({ type, value }: AttributeView): ReactNode {
  if (value === null || value === undefined) return <None />;
  if (type === "bool") return value ? t("Yes") : t("No");
  if (type === "date") return day(String(value));
  return String(value);
}

function Facts({ customer }: { customer: CustomerDetail }): ReactNode {
  const prefers = [
    customer.preferredChannel && channelLabel(customer.preferredChannel),
    languageName(customer.preferredLanguage),
  ].filter(Boolean);
  const dayOf = (at: string | null | undefined) => (at ? day(at) : null);
  const facts: [string, string | null | undefined][] = [
    [t("Tier"), customer.tier],
    [t("Client type"), customer.clientType],
    [t("Prefers"), prefers.join(", ") || null],
    [t("Product"), customer.preferredProduct],
    [t("Phone"), phoneText(customer.phone)],
    [t("Email"), customer.email],
    [t("Time zone"), customer.timezone],
    [t("Registered"), dayOf(customer.registrationDate)],
    [t("First buy"), dayOf(customer.firstPurchaseDate)],
    [t("Last buy"), dayOf(customer.lastPurchaseDate)],
    [t("Last order"), dayOf(customer.lastOrderAt)],
  ];
  return <KeyValue rows={facts.map(([label, value]) => ({ label, value: value || <None /> }))} />;
}

function Waiting(): ReactNode {
  return (
    <>
      <Skeleton height={40} circle />
      {[1, 2, 3, 4, 5, 6, 7].map((row) => (
        <Skeleton key={row} height={14} mt={14} />
      ))}
    </>
  );
}
