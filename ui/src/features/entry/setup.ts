import { t } from "../../shared/i18n";

/** How far this installation is, as `GET /setup` says before anybody can sign in. */
export interface SetupState {
  isNeeded: boolean;
  version: string;
  engine: "sqlite" | "postgres";
}

export const placeOf = (setup: SetupState | undefined): string =>
  setup?.engine === "postgres" ? t("Team database") : t("On this computer");
