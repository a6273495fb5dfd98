import type { ReactNode } from "react";

/** Foot of a dialog or form: actions at the right, the main one last. */
export function DialogActions({
  children,
  left,
}: {
  children: ReactNode;
  left?: ReactNode;
}): ReactNode {
  return (
    <div style={{ display: "flex", alignItems: "center", gap: 8, marginTop: 16 }}>
      <div style={{ flex: 1, minWidth: 0 }}>{left}</div>
      {children}
    </div>
  );
}
