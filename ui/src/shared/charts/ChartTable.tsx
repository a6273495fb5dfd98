import type { ReactNode } from "react";
import { t } from "../i18n";
import classes from "./charts.module.css";
import type { LineChartProps } from "./LineChart";

type Props = LineChartProps & { format: (value: number) => string };

/** The same numbers as rows. */
export function ChartTable({ labels, series, format, height = 190 }: Props): ReactNode {
  return (
    <div className={classes.tableBox} style={{ maxHeight: height }}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t("When")}</th>
            {series.map((one) => (
              <th scope="col" key={one.name}>
                {one.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, place) => (
            <tr key={place}>
              <th scope="row">{label}</th>
              {series.map((one) => {
                const value = one.values[place];
                return <td key={one.name}>{value == null ? "–" : format(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
