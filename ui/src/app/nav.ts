import {
  type Icon,
  IconChartHistogram,
  IconChecks,
  IconCircles,
  IconGift,
  IconHome,
  IconInbox,
  IconLayoutKanban,
  IconRosetteDiscount,
  IconRoute,
  IconSpeakerphone,
  IconStack2,
  IconTemplate,
  IconUsers,
} from "@tabler/icons-react";
import { t } from "../shared/i18n";

export interface NavItem {
  href: string;
  label: string;
  icon: Icon;
  /** Second key after G. */
  key?: string;
  /** Which counter of the session stands beside it. */
  count?: "approvals" | "cards" | "jobs";
}
export interface NavGroup {
  label?: string;
  items: NavItem[];
}

/** The sidebar, top to bottom. An entry shows once its route exists. */
export const navigation = (): NavGroup[] => [
  {
    items: [
      { href: "/", label: t("Home"), icon: IconHome, key: "h" },
      { href: "/campaigns", label: t("Campaigns"), icon: IconSpeakerphone, key: "c" },
      { href: "/approvals", label: t("Approvals"), icon: IconChecks, key: "a", count: "approvals" },
      { href: "/board", label: t("Board"), icon: IconLayoutKanban, key: "b", count: "cards" },
    ],
  },
  {
    label: t("Audience"),
    items: [
      { href: "/customers", label: t("Customers"), icon: IconUsers, key: "u" },
      { href: "/segments", label: t("Segments"), icon: IconCircles, key: "s" },
    ],
  },
  {
    label: t("Content"),
    items: [
      { href: "/offers", label: t("Offers"), icon: IconRosetteDiscount, key: "o" },
      { href: "/templates", label: t("Templates"), icon: IconTemplate },
      { href: "/catalogue", label: t("Products & rewards"), icon: IconGift },
    ],
  },
  {
    label: t("Automation"),
    items: [
      { href: "/plans", label: t("Plans"), icon: IconRoute },
      { href: "/jobs", label: t("Jobs"), icon: IconStack2, key: "j", count: "jobs" },
      { href: "/sandbox", label: t("Test inbox"), icon: IconInbox, key: "i" },
    ],
  },
  {
    label: t("Insights"),
    items: [{ href: "/reports", label: t("Reports"), icon: IconChartHistogram, key: "r" }],
  },
];
