import { Button, Modal, Select, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useEffect } from "react";
import { patch, post, useList, useSend } from "../api";
import { Fields } from "../form";
import { currency } from "../format";
import { t } from "../i18n";
import { DialogActions, InlineError } from "../ui";
import type { Product, Reward, RewardKind } from "./types";
import { rewardKinds } from "./words";

interface RewardDialogProps {
  opened: boolean;
  /** Left out for a new one. */
  reward?: Reward;
  onClose: () => void;
  onSaved?: (reward: Reward) => void;
}

const fresh = (reward?: Reward) => ({
  name: reward?.name ?? "",
  type: reward?.type ?? ("credit" as RewardKind),
  value: reward?.value ?? "",
  currency: reward?.currency ?? currency(),
  productId: reward?.productId ?? null,
  description: reward?.description ?? "",
});

/** Adds or changes a reward of the catalogue. */
export function RewardDialog({ opened, reward, onClose, onSaved }: RewardDialogProps): ReactNode {
  const form = useForm({ initialValues: fresh(reward) });
  const products = useList<Product>("/products", undefined, { enabled: opened });
  const save = useSend(
    (values: typeof form.values) => {
      const money = values.type === "credit" || values.type === "discount_amount";
      const body = {
        ...values,
        value: values.value || "0",
        currency: money ? values.currency : "",
        productId: values.type === "bonus_product" ? values.productId : null,
      };
      return reward ? patch<Reward>(`/rewards/${reward.id}`, body) : post<Reward>("/rewards", body);
    },
    {
      stale: ["rewards", "offers"],
      onSuccess: (saved) => {
        onSaved?.(saved);
        onClose();
      },
    },
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: begins anew each time it opens
  useEffect(() => {
    if (opened) {
      form.setValues(fresh(reward));
      form.clearErrors();
      save.reset();
    }
  }, [opened, reward?.id]);
  const submit = form.onSubmit((values) =>
    save.mutate(values, { onError: (error) => form.setErrors(error.fieldErrors()) }),
  );
  const { type } = form.values;
  const money = type === "credit" || type === "discount_amount";
  return (
    <Modal opened={opened} onClose={onClose} title={reward ? t("Change reward") : t("New reward")}>
      <form onSubmit={submit} style={{ display: "grid", gap: 12 }}>
        <Select
          label={t("Kind")}
          data={rewardKinds()}
          data-autofocus
          {...form.getInputProps("type")}
        />
        {type === "bonus_product" ? (
          <Select
            label={t("Product on top")}
            searchable
            data={(products.rows ?? []).map((one) => ({ value: one.id, label: one.name }))}
            nothingFoundMessage={t("Nothing in the catalogue matches")}
            {...form.getInputProps("productId")}
          />
        ) : (
          <Fields min={150}>
            <TextInput
              label={
                type === "discount_percent"
                  ? t("Percent")
                  : type === "points"
                    ? t("Points")
                    : t("Amount")
              }
              inputMode="decimal"
              required
              {...form.getInputProps("value")}
            />
            {money && (
              <TextInput label={t("Currency")} maxLength={3} {...form.getInputProps("currency")} />
            )}
          </Fields>
        )}
        <TextInput
          label={t("Name")}
          description={t("Made from the kind and the value when left empty.")}
          {...form.getInputProps("name")}
        />
        <Textarea label={t("Description")} {...form.getInputProps("description")} />
        {save.error && save.error.details.length === 0 && (
          <InlineError error={save.error} meaning={t("Nothing was saved.")} />
        )}
        <DialogActions>
          <Button onClick={onClose}>{t("Cancel")}</Button>
          <Button type="submit" variant="filled" loading={save.isPending}>
            {reward ? t("Save reward") : t("Add reward")}
          </Button>
        </DialogActions>
      </form>
    </Modal>
  );
}
