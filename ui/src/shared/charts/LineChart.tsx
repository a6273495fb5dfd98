import { Button } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { number } from "../format";
import { t } from "../i18n";
import { ChartTable } from "./ChartTable";
import classes from "./charts.module.css";
import { Plot } from "./Plot";

export interface Series {
  /** Stands at the line's end: "sent". */
  name: string;
  /** One value per label; `null` leaves a gap. */
  values: (number | null)[];
  /** `main` 1–4 by place; `before` grey dashed (previous period); `limit` amber dashed. */
  kind?: "main" | "before" | "limit";
}

/** Something that happened over a stretch of labels: "Route 2 paused". */
export interface Band {
  from: number;
  to: number;
  label: string;
}

export interface LineChartProps {
  title: string;
  /** What it shows in one sentence, for screen readers. */
  summary: string;
  /** The horizontal axis, already formatted: "10:02". */
  labels: string[];
  /** At most four. */
  series: Series[];
  bands?: Band[];
  height?: number;
  /** Area below the first line. */
  area?: boolean;
  format?: (value: number) => string;
}

/** Lines from 0 with their names at their ends, annotations on the chart, and the same as a table. */
export function LineChart(props: LineChartProps): ReactNode {
  const { title, summary, height = 190, format = (value: number) => number(value) } = props;
  const { ref, width } = useElementSize();
  const [asTable, setAsTable] = useState(false);
  return (
    <figure className={classes.figure}>
      <figcaption className="visually-hidden">{`${title}. ${summary}`}</figcaption>
      <div ref={ref} className={classes.plotBox}>
        {asTable ? (
          <ChartTable {...props} format={format} />
        ) : (
          width > 0 && <Plot {...props} width={width} height={height} format={format} />
        )}
      </div>
      <Button
        className={classes.asTable}
        size="xs"
        variant="subtle"
        aria-pressed={asTable}
        onClick={() => setAsTable(!asTable)}
      >
        {asTable ? t("Show as chart") : t("Show as table")}
      </Button>
    </figure>
  );
}
