import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useEffect } from "react";
import { patch, post, useSend } from "../api";
import { Fields } from "../form";
import { currency } from "../format";
import { t } from "../i18n";
import { DialogActions, InlineError } from "../ui";
import type { Product } from "./types";

interface ProductDialogProps {
  opened: boolean;
  /** Left out for a new one. */
  product?: Product;
  onClose: () => void;
  onSaved?: (product: Product) => void;
}

const fresh = (product?: Product) => ({
  name: product?.name ?? "",
  type: product?.type ?? "",
  value: product?.value ?? "",
  price: product?.price ?? "",
  currency: product?.currency ?? currency(),
  description: product?.description ?? "",
});

/** Adds or changes a product of the catalogue. */
export function ProductDialog({
  opened,
  product,
  onClose,
  onSaved,
}: ProductDialogProps): ReactNode {
  const form = useForm({ initialValues: fresh(product) });
  const save = useSend(
    (values: typeof form.values) => {
      const body = { ...values, price: values.price || "0" };
      return product
        ? patch<Product>(`/products/${product.id}`, body)
        : post<Product>("/products", body);
    },
    {
      stale: ["products", "offers"],
      onSuccess: (saved) => {
        onSaved?.(saved);
        onClose();
      },
    },
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: begins anew each time it opens
  useEffect(() => {
    if (opened) {
      form.setValues(fresh(product));
      form.clearErrors();
      save.reset();
    }
  }, [opened, product?.id]);
  const submit = form.onSubmit((values) =>
    save.mutate(values, { onError: (error) => form.setErrors(error.fieldErrors()) }),
  );
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={product ? t("Change product") : t("New product")}
    >
      <form onSubmit={submit} style={{ display: "grid", gap: 12 }}>
        <TextInput label={t("Name")} data-autofocus required {...form.getInputProps("name")} />
        <Fields min={150}>
          <TextInput label={t("Type")} placeholder="data" {...form.getInputProps("type")} />
          <TextInput
            label={t("What one gets")}
            placeholder="10GB"
            {...form.getInputProps("value")}
          />
          <TextInput
            label={t("Price")}
            inputMode="decimal"
            placeholder="500.00"
            {...form.getInputProps("price")}
          />
          <TextInput label={t("Currency")} maxLength={3} {...form.getInputProps("currency")} />
        </Fields>
        <Textarea label={t("Description")} {...form.getInputProps("description")} />
        {save.error && save.error.details.length === 0 && (
          <InlineError error={save.error} meaning={t("Nothing was saved.")} />
        )}
        <DialogActions>
          <Button onClick={onClose}>{t("Cancel")}</Button>
          <Button type="submit" variant="filled" loading={save.isPending}>
            {product ? t("Save product") : t("Add product")}
          </Button>
        </DialogActions>
      </form>
    </Modal>
  );
}
