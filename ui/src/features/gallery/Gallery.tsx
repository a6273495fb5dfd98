import type { ReactNode } from "react";
import { Page, PageHeader } from "../../shared/ui/Page";

/** Every shared part in its states, to look at while building. */
export function Gallery(): ReactNode {
  return (
    <Page title="Gallery">
      <PageHeader flush title="Gallery" text="Shared parts in their states" />
    </Page>
  );
}
