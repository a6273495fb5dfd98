import { defineConfig } from "@hey-api/openapi-ts";

/** Types of every request and answer, from the document that the server publishes. */
export default defineConfig({
  input: "../../openapi.json",
  output: { path: "../../src/gen" },
  plugins: ["@hey-api/typescript"],
});
