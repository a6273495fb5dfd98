import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, useSyncExternalStore } from "react";
import { language, onLanguage } from "../shared/i18n";
import { queryClient } from "./queryClient";
import { router } from "./router";
import { cssVariables, theme } from "./theme/theme";

/** Everything that screens stand on. A change of language draws the tree anew. */
export function App(): ReactNode {
  const current = useSyncExternalStore(onLanguage, language);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <ModalsProvider key={current}>
          <Notifications position="bottom-center" limit={4} />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
