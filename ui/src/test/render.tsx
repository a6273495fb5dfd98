import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactElement } from "react";
import { theme } from "../app/theme/theme";
import { makeQueryClient } from "../shared/api";
import { NavigationContext } from "../shared/link";

/** Draws a part with what the app puts around it; navigation is written down in `went`. */
export function draw(element: ReactElement) {
  const went: string[] = [];
  const view = render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={makeQueryClient()}>
        <NavigationContext value={{ path: "/", go: (href) => went.push(href) }}>
          {element}
        </NavigationContext>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...view, went };
}
