import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Board } from "./Board";

const route = getRouteApi("/shell/board");

/** The board at its address: `?card=` is open, `?campaign=` filters. */
export function BoardScreen(): ReactNode {
  const { card, campaign } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Board
      cardId={card ?? null}
      campaignId={campaign ?? ""}
      onOpen={(id) =>
        void navigate({ search: (old) => ({ ...old, card: id ?? undefined }), replace: true })
      }
      onCampaign={(id) =>
        void navigate({ search: (old) => ({ ...old, campaign: id || undefined }), replace: true })
      }
    />
  );
}
