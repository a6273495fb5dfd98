import type { ReactNode } from "react";

/** The mark; decorative, its name always stands beside it. */
export function Logo({ size }: { size: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden>
      <rect width="20" height="20" rx="5" fill="var(--m-accent-solid)" />
      <path
        d="M4.5 14V7.4c0-.8 1-1.2 1.5-.5l4 4.4 4-4.4c.5-.7 1.5-.3 1.5.5V14M7.6 14v-3.2M12.4 14v-3.2M10 14v-1.4"
        fill="none"
        stroke="var(--m-on-accent)"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
