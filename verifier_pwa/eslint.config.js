/* What the type-checker does not see. Types, unused locals and missing names are tsc's. Run by `./wif lint`. */

const MARKUP = "Text goes into a page by textContent: markup from a string is what Trusted Types forbids.";

export default [
  {
    ignores: ["**/node_modules/", "**/.venv/", "verifier_pwa/shell/", "var/", "build/", "dist/"],
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: {ecmaVersion: 2022, sourceType: "module"},
    linterOptions: {reportUnusedDisableDirectives: "error"},
    rules: {
      "array-callback-return": "error",
      "eqeqeq": "error",
      "no-async-promise-executor": "error",
      "no-caller": "error",
      "no-cond-assign": ["error", "except-parens"],
      "no-constant-binary-expression": "error",
      "no-constant-condition": ["error", {checkLoops: false}],
      "no-control-regex": "off",
      "no-debugger": "error",
      "no-dupe-else-if": "error",
      "no-duplicate-case": "error",
      "no-empty": "error",
      "no-eval": "error",
      "no-extend-native": "error",
      "no-implied-eval": "error",
      "no-loss-of-precision": "error",
      "no-new-func": "error",
      "no-promise-executor-return": "error",
      "no-prototype-builtins": "error",
      "no-restricted-globals": [
        "error",
        ...["event", "name", "status", "length", "top", "parent", "origin", "external", "find", "stop", "close", "print"].map((name) => (
          {name, message: "A name that every window has: declare your own."})),
      ],
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "createContextualFragment", "srcdoc"].map((property) => (
          {property, message: MARKUP})),
        {object: "document", property: "write", message: MARKUP},
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "ExpressionStatement > CallExpression[callee.property.name='then'][arguments.length<2]",
          message: "This promise may fail unseen: await it, or end it with catch.",
        },
      ],
      "no-return-assign": "error",
      "no-self-assign": "error",
      "no-self-compare": "error",
      "no-sparse-arrays": "error",
      "no-template-curly-in-string": "error",
      "no-throw-literal": "error",
      "no-unmodified-loop-condition": "error",
      "no-unreachable-loop": "error",
      "no-unsafe-finally": "error",
      "no-unsafe-optional-chaining": "error",
      "no-unused-expressions": ["error", {allowTernary: true}],
      "no-unused-vars": ["error", {argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true, caughtErrors: "none"}],
      "no-useless-assignment": "error",
      "no-useless-catch": "error",
      "no-var": "error",
      "prefer-const": ["error", {destructuring: "all"}],
      "require-yield": "error",
      "use-isnan": "error",
    },
  },
];
