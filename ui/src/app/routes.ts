import { approvalRoutes } from "../features/approvals/routes";
import { boardRoutes } from "../features/board/routes";
import { campaignRoutes } from "../features/campaigns/routes";
import { catalogueRoutes } from "../features/catalogue/routes";
import { customerRoutes } from "../features/customers/routes";
import { entryRoutes } from "../features/entry/routes";
import { galleryRoutes } from "../features/gallery/routes";
import { homeRoutes } from "../features/home/routes";
import { jobRoutes } from "../features/jobs/routes";
import { offerRoutes } from "../features/offers/routes";
import { planRoutes } from "../features/plans/routes";
import { reportRoutes } from "../features/reports/routes";
import { sandboxRoutes } from "../features/sandbox/routes";
import { segmentRoutes } from "../features/segments/routes";
import { settingsRoutes } from "../features/settings/routes";
import { templateRoutes } from "../features/templates/routes";
import { rootRoute, shellRoute } from "./parents";

/** Each feature lists its own routes in `features/<name>/routes.tsx`; this file only gathers them. */
export const routeTree = rootRoute.addChildren([
  ...entryRoutes,
  shellRoute.addChildren([
    ...homeRoutes,
    ...campaignRoutes,
    ...approvalRoutes,
    ...boardRoutes,
    ...customerRoutes,
    ...segmentRoutes,
    ...offerRoutes,
    ...templateRoutes,
    ...catalogueRoutes,
    ...planRoutes,
    ...jobRoutes,
    ...sandboxRoutes,
    ...reportRoutes,
    ...settingsRoutes,
    ...galleryRoutes,
  ]),
]);
