import { makeQueryClient } from "../shared/api";

/** One cache for the whole window; routes look into it before they draw. */
export const queryClient = makeQueryClient();
