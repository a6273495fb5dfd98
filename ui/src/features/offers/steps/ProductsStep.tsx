import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useList } from "../../../shared/api";
import { ProductDialog } from "../../../shared/catalogue";
import { t } from "../../../shared/i18n";
import { Money, PageHeader } from "../../../shared/ui";
import type { Product } from "../types";
import { PickList } from "./PickList";
import type { StepProps } from "./props";
import { StepProblems } from "./StepProblems";

export function ProductsStep({ form, draft, offer, readOnly }: StepProps): ReactNode {
  const all = useList<Product>("/products");
  const [creating, setCreating] = useState(false);
  return (
    <div style={{ maxWidth: 760, display: "grid", gap: 12 }}>
      <PageHeader
        flush
        title={t("Products")}
        text={t("What the customer gets. An offer can go without a product.")}
      />
      <PickList
        label={t("Products of this offer")}
        chosen={draft.products}
        all={all.rows}
        onChange={(products) => form.set("products", products)}
        about={(product) => [product.type, product.value].filter(Boolean).join(" · ")}
        right={(product) => <Money amount={product.price} currency={product.currency} />}
        placeholder={t("Add a product of the catalogue")}
        empty={t("No product yet.")}
        readOnly={readOnly}
        create={
          <Button
            leftSection={<IconPlus size={15} stroke={1.6} />}
            onClick={() => setCreating(true)}
          >
            {t("New product…")}
          </Button>
        }
      />
      {draft.products.length === offer.products.length && (
        <StepProblems problems={offer.problems.filter((problem) => problem.step === "products")} />
      )}
      <ProductDialog
        opened={creating}
        onClose={() => setCreating(false)}
        onSaved={(product) => form.set("products", [...draft.products, product])}
      />
    </div>
  );
}
