import { Button, Select, Switch, Tabs, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { confirmAction, say, sayUndo } from "../../shared/feedback";
import { ActionButton, ChoiceCards, Fields, FormSection } from "../../shared/form";
import {
  Callout,
  EmptyState,
  InlineError,
  KeyFigures,
  KeyValue,
  Page,
  PageHeader,
  Person,
  Rail,
  RailSection,
  SectionTitle,
  type Status,
  StatusMark,
} from "../../shared/ui";
import { ChartSamples } from "./ChartSamples";
import { TableSamples } from "./TableSamples";

const statuses: Status[] = [
  "draft",
  "queued",
  "scheduled",
  "waiting_approval",
  "running",
  "retrying",
  "paused",
  "waiting",
  "completed",
  "passed",
  "failed",
  "rejected",
  "cancelled",
  "warning",
];

/** Every shared part in its states, to look at while building. Development only. */
export function Gallery(): ReactNode {
  return (
    <Page title="Gallery" parents={[{ label: "Home", href: "/" }]} rail={<GalleryRail />}>
      <PageHeader
        flush
        title="Gallery"
        aside={<StatusMark status="running" strong />}
        text="Shared parts in their states"
        actions={
          <>
            <Button>Discard</Button>
            <Button variant="outline" color="red">
              Cancel…
            </Button>
            <ActionButton variant="filled" keys="mod+s" onClick={() => say("Saved")}>
              Save
            </ActionButton>
          </>
        }
      />
      <div style={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr)", gap: 24 }}>
        <div style={{ display: "grid", gridTemplateColumns: "repeat(5, 1fr)", gap: 8 }}>
          {statuses.map((status) => (
            <StatusMark key={status} status={status} />
          ))}
        </div>
        <KeyFigures
          figures={[
            { label: "Sent", value: "31,408", text: "65.1%" },
            { label: "Delivered", value: "30,702", text: "97.8%" },
            { label: "Failed", value: "64", text: "0.2%", tone: "bad" },
            { label: "Revenue", value: "KES 127,116", text: "+3.4 pt uplift" },
          ]}
        />
        <ChartSamples />
        <TableSamples />
        <Forms />
        <Feedback />
      </div>
    </Page>
  );
}

function GalleryRail(): ReactNode {
  return (
    <Rail
      label="What limits the rate now"
      summary="SMS Route 1 limits the rate now: 594 of 600 a minute."
    >
      <RailSection title="What limits the rate now" aside="live">
        <KeyValue
          right
          rows={[
            { label: "Messages", value: "46,842" },
            { label: "Cost", value: "KES 28,268.40" },
          ]}
        />
      </RailSection>
      <RailSection title="People">
        <Person name="Fatuma Abdalla Bakari" text="Mombasa · Gold" size={40} />
      </RailSection>
    </Rail>
  );
}

function Forms(): ReactNode {
  const [way, setWay] = useState<"all" | "robin">("all");
  return (
    <FormSection title="Fields" text="Labels above, errors below, wrapping when narrow.">
      <Fields>
        <TextInput label="Sender id" defaultValue="JAMII" />
        <TextInput label="Email" error="This address has no @" defaultValue="amina.yusuf" />
        <Select label="Route" data={["Route 1", "Route 2"]} defaultValue="Route 1" />
        <Switch label="Only changes" defaultChecked />
      </Fields>
      <Textarea label="Text" mt="md" placeholder="Hi {first_name}" />
      <ChoiceCards
        label="Offers"
        value={way}
        onChange={setWay}
        choices={[
          {
            value: "all",
            label: "All mapped offers",
            text: "Each segment gets every offer mapped to it",
          },
          { value: "robin", label: "Round robin", text: "One offer at a time" },
        ]}
      />
    </FormSection>
  );
}

function Feedback(): ReactNode {
  const stop = () =>
    confirmAction({
      title: "Cancel this campaign?",
      text: "16,808 messages that were not sent yet will never be sent.",
      action: "Cancel 16,808 messages",
      danger: true,
      run: () => new Promise((done) => setTimeout(done, 400)),
    });
  return (
    <section style={{ display: "grid", gap: 12 }}>
      <SectionTitle title="Feedback" line />
      <InlineError
        error={new Error("The team database did not answer for 10 s.")}
        meaning="Nothing is lost and sending goes on."
        onRetry={() => {}}
      />
      <Callout tone="warn" action={<Button>Use three dots</Button>}>
        The character … makes the text Unicode, 67 characters a part.
      </Callout>
      <Callout tone="info">Counts the first offer only.</Callout>
      <EmptyState
        title="No campaign matches “krismas” in Scheduled"
        text="1 rejected campaign does."
        action={<Button>Show it</Button>}
      />
      <div style={{ display: "flex", gap: 8 }}>
        <Button onClick={() => sayUndo("3 campaigns archived", () => say("They are back"))}>
          Archive 3 campaigns
        </Button>
        <Button color="red" variant="outline" onClick={stop}>
          Cancel campaign…
        </Button>
        <ActionButton onClick={() => {}} reason="Two approvals are missing">
          Start campaign
        </ActionButton>
      </div>
      <Tabs defaultValue="live">
        <Tabs.List>
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="live">Live</Tabs.Tab>
        </Tabs.List>
      </Tabs>
    </section>
  );
}
