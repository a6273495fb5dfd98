import { useGet } from "../../../shared/api";
import type { JobFile } from "../model/types";
import { ofMuster } from "../model/words";

interface Example {
  name: string;
  title: string;
  description: string;
  file: JobFile;
}

/** The job files that come with Muster: the same as long as it runs. */
export const useExamples = (): Example[] | undefined =>
  useGet<Example[]>("/jobs/examples", undefined, { staleMs: Infinity }).data?.map((example) => ({
    ...example,
    title: ofMuster(example.title),
    description: ofMuster(example.description),
  }));
