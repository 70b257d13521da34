import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: ["node_modules/", "**/dist/", "driver/cyan.js", "register.js", "defer.js", "policies/*/index.js", "*.cjs"],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/dot-notation": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "max-lines": ["error", { max: 400, skipComments: true, skipBlankLines: true }],
      "max-lines-per-function": "off",
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "exit",
          message: "exit in driver/main.ts, or where a process of the sandbox ends",
        },
      ],
    },
  },
  {
    files: ["index.ts", "components/**/*.ts"],
    plugins: { "@pulumi": pulumi },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@pulumi/no-output-instance-in-template-literal": "error",
    },
  },
  {
    files: ["driver/main.ts", "sandbox/cluster/daemon.ts", "sandbox/cluster/supervisor.ts"],
    rules: { "no-restricted-properties": "off" },
  },
  { files: ["**/*.mjs", "**/*.cjs", "**/*.js"], ...tseslint.configs.disableTypeChecked },
);
