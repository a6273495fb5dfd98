import { defineConfig } from "@hey-api/openapi-ts";

/** The client is generated from the document that the server publishes, committed beside it. */
export default defineConfig({
  input: process.env.MUSTER_OPENAPI ?? "openapi.json",
  output: { path: "src/gen" },
  plugins: ["@hey-api/typescript"],
});
