import { percent } from "../../../shared/format";
import { t } from "../../../shared/i18n";

/** The end of the scale that shows all intervals: a bit above the highest, never above everybody. */
export function scaleOf(variants: { high: number | null }[]): number {
  const highest = Math.max(0, ...variants.map((one) => one.high ?? 0));
  return highest > 0 ? Math.min(1, highest * 1.05) : 1;
}

/** A probability in words that a person can weigh: "7.7%", "less than 0.1%". */
export function chance(p: number): string {
  return p < 0.001 ? t("less than {share}", { share: percent(0.1) }) : percent(p * 100);
}
