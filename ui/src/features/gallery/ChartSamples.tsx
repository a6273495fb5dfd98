import type { ReactNode } from "react";
import { Bars, LineChart, ProgressBar, Sparkline } from "../../shared/charts";
import { SectionTitle } from "../../shared/ui";

const minutes = Array.from({ length: 41 }, (_, place) => place);
const sent = minutes.map((place) =>
  place < 3
    ? place * 295
    : place > 17 && place < 22
      ? 500 + (place - 17) * 60
      : 820 + ((place * 7) % 24),
);

export function ChartSamples(): ReactNode {
  return (
    <section>
      <SectionTitle title="Sent per minute" />
      <LineChart
        title="Sent per minute"
        summary="Between 500 and 890 a minute since 10:02; 820 now."
        labels={minutes.map((minute) => `10:${String(minute + 2).padStart(2, "0")}`)}
        series={[
          { name: "sent", values: sent },
          { name: "Route 1", values: minutes.map((m) => (m < 17 ? 900 : 840)), kind: "limit" },
        ]}
        bands={[{ from: 17, to: 22, label: "Route 2 paused" }]}
      />
      <div style={{ display: "flex", gap: 24, alignItems: "center", marginTop: 12 }}>
        <Sparkline values={sent} label="Sent per minute, 820 now" />
        <Sparkline values={[9, 9, 8, 3, 0, 0]} tone="warn" label="Sent per minute, 0 now" />
        <Sparkline
          values={[3, 4, 3, 5, 6, 6, 7]}
          tone="done"
          lineOnly
          label="Delivered, rising"
          width={44}
          height={12}
        />
        <ProgressBar
          label="31,408 of 48,216 sent"
          total={48216}
          size={6}
          segments={[{ value: 31408 }, { value: 700, tone: "done" }, { value: 1300, tone: "rest" }]}
        />
      </div>
      <Bars
        bars={[
          { label: "2GB + 50 min “Back to school”", value: 25569 },
          { label: "Campus 10GB, 30 days", value: 17789, tone: "info" },
          { label: "No offer", value: 1887, tone: "bad" },
        ]}
      />
    </section>
  );
}
