import { expect, it } from "vitest";
import { readFile } from "./exchange";

it("takes a job file, or one job alone", () => {
  expect(readFile('{"jobs":[{"code":"a"}]}').file?.jobs).toHaveLength(1);
  expect(readFile('{"code":"a","steps":[]}').file?.jobs[0]?.code).toBe("a");
  expect(readFile('{"saved_scripts":[]}').file).toBeDefined();
});

it("says why something is no job file", () => {
  for (const text of ["", "jobs:", "[]", "null", '"jobs"', '{"name":"a"}']) {
    expect(readFile(text).error).toContain("not a job file");
  }
});
