import { Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { post, useSend } from "../../shared/api";
import { t } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { InlineError, PageHeader } from "../../shared/ui";
import { Wizard } from "../../shared/wizard";
import type { OfferDetail } from "./types";
import { steps } from "./words";

/** The first step of a new offer: it is a draft, and saved, as soon as it has a name. */
export function NewOffer(): ReactNode {
  const go = useGo();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const create = useSend(() => post<OfferDetail>("/offers", { name, description }), {
    stale: ["offers"],
    onSuccess: (offer) => go(`/offers/${offer.id}?step=products`),
  });
  const named = name.trim() !== "";
  return (
    <Wizard
      title={t("New offer")}
      parents={[{ label: t("Offers"), href: "/offers" }]}
      steps={steps().map((step) => ({ ...step, state: "todo" }))}
      current="base"
      onStep={() => named && create.mutate(undefined)}
      saved={t("Not saved yet")}
      primary={{
        label: t("Continue to products"),
        onClick: () => create.mutate(undefined),
        reason: named ? undefined : t("The offer needs a name"),
        loading: create.isPending,
      }}
    >
      <div style={{ maxWidth: 640, display: "grid", gap: 12 }}>
        <PageHeader
          flush
          title={t("What is the offer called?")}
          text={t("Customers never see this name.")}
        />
        <TextInput
          label={t("Name")}
          data-autofocus
          autoFocus
          maxLength={255}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label={t("Description")}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {create.error && <InlineError error={create.error} meaning={t("Nothing was saved.")} />}
      </div>
    </Wizard>
  );
}
