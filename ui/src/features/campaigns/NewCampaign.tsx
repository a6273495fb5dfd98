import { Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { post, useSend, useSession } from "../../shared/api";
import { t } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { InlineError, PageHeader } from "../../shared/ui";
import { Wizard } from "../../shared/wizard";
import { ChannelChoice } from "./steps/ChannelChoice";
import type { Campaign, CampaignChannel } from "./types";
import { steps } from "./words";

/** The first step of a new campaign: it is a draft, and saved, as soon as it has a name. */
export function NewCampaign(): ReactNode {
  const go = useGo();
  const timezone = useSession()?.workspace.timezone ?? "UTC";
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [channel, setChannel] = useState<CampaignChannel>("sms");
  const input = { name, description, channel, timezone };
  const create = useSend(() => post<Campaign>("/campaigns", input), {
    stale: ["campaigns"],
    onSuccess: (campaign) => go(`/campaigns/${campaign.id}/edit?step=audience`),
  });
  const named = name.trim() !== "";
  return (
    <Wizard
      title={t("New campaign")}
      parents={[{ label: t("Campaigns"), href: "/campaigns" }]}
      steps={steps().map((step) => ({ ...step, state: "todo" }))}
      current="details"
      onStep={() => named && create.mutate(undefined)}
      saved={t("Not saved yet")}
      primary={{
        label: t("Continue to audience"),
        onClick: () => create.mutate(undefined),
        reason: named ? undefined : t("The campaign needs a name"),
        loading: create.isPending,
      }}
    >
      <div style={{ maxWidth: 760, display: "grid", gap: 12 }}>
        <PageHeader
          flush
          title={t("What is this campaign?")}
          text={t("Customers never see this name.")}
        />
        <TextInput
          label={t("Name")}
          autoFocus
          data-autofocus
          maxLength={255}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label={t("Description")}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <ChannelChoice value={channel} onChange={setChannel} />
        {create.error && <InlineError error={create.error} meaning={t("Nothing was saved.")} />}
      </div>
    </Wizard>
  );
}
