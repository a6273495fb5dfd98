import { Button, Select } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useList } from "../../../shared/api";
import { RewardDialog, rewardValue } from "../../../shared/catalogue";
import { t } from "../../../shared/i18n";
import { PageHeader } from "../../../shared/ui";
import type { Reward, Trigger } from "../types";
import { triggers } from "../words";
import { PickList } from "./PickList";
import type { StepProps } from "./props";
import { StepProblems } from "./StepProblems";

export function RewardsStep({ form, draft, offer, readOnly }: StepProps): ReactNode {
  const all = useList<Reward>("/rewards");
  const [creating, setCreating] = useState(false);
  const add = (reward: Reward) => ({ ...reward, grantedOn: "redeemed" as Trigger });
  return (
    <div style={{ maxWidth: 760, display: "grid", gap: 12 }}>
      <PageHeader
        flush
        title={t("Rewards")}
        text={t("What a customer earns, once, for acting on a message that reached them.")}
      />
      <PickList
        label={t("Rewards of this offer")}
        chosen={draft.rewards}
        all={all.rows?.map(add)}
        onChange={(rewards) => form.set("rewards", rewards)}
        about={(reward) =>
          [rewardValue(reward) === reward.name ? "" : rewardValue(reward), reward.description]
            .filter(Boolean)
            .join(" · ")
        }
        right={(reward) => (
          <Select
            aria-label={t("When {name} is granted", { name: reward.name })}
            data={triggers()}
            value={reward.grantedOn}
            readOnly={readOnly}
            style={{ width: 170 }}
            onChange={(grantedOn) =>
              form.set(
                "rewards",
                draft.rewards.map((one) =>
                  one.id === reward.id ? { ...one, grantedOn: grantedOn as Trigger } : one,
                ),
              )
            }
          />
        )}
        placeholder={t("Add a reward of the catalogue")}
        empty={t("No reward yet. An offer can go without one.")}
        readOnly={readOnly}
        create={
          <Button
            leftSection={<IconPlus size={15} stroke={1.6} />}
            onClick={() => setCreating(true)}
          >
            {t("New reward…")}
          </Button>
        }
      />
      <StepProblems problems={offer.problems.filter((problem) => problem.step === "rewards")} />
      <RewardDialog
        opened={creating}
        onClose={() => setCreating(false)}
        onSaved={(reward) => form.set("rewards", [...draft.rewards, add(reward)])}
      />
    </div>
  );
}
