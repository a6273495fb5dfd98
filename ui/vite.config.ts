/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

/**
 * In development the page comes from Vite and everything the server answers itself
 * (API, tracking links, unsubscribe pages) is passed on to `MUSTER_SERVER`.
 */
export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, ".", "MUSTER_");
  const server = env.MUSTER_SERVER ?? "http://127.0.0.1:8787";
  return {
    plugins: [react()],
    server: {
      port: Number(env.MUSTER_UI_PORT ?? 5173),
      strictPort: true,
      proxy: { "/api": server, "^/[tu]/": server },
    },
    // Screens load lazily: look through all of them at start, so that none makes the page load anew.
    optimizeDeps: { entries: ["index.html", "src/**/*.tsx", "!src/**/*.test.tsx"] },
    build: { target: "es2022", chunkSizeWarningLimit: 900 },
    test: {
      environment: "happy-dom",
      setupFiles: ["src/test/setup.ts"],
      include: ["src/**/*.test.{ts,tsx}"],
      css: false,
      // One bundle instead of 6,000 small modules: test files start in a second.
      alias: {
        "@tabler/icons-react": "@tabler/icons-react/dist/cjs/tabler-icons-react.cjs",
      },
    },
  };
});
