import { defineConfig } from "vitest/config";

/** The query API that `npm run dev` passes requests on to. */
const api = process.env.LOUPE_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/dashboard/",
  // Everything that is no file of the dashboard is asked of the API.
  server: { host: "127.0.0.1", proxy: { "^/(?!dashboard(/|$))": api } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // The policy allows no `data:` fonts or scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    license: { fileName: "licenses.txt" },
    rolldownOptions: { output: { entryFileNames: "assets/[name]-[hash].js" } },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
