/** What is checked in the code beyond its types: sound promises, the walls between folders, the manner of the house. */
import js from '@eslint/js'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'
import { ignoreReasons } from './local/lint/ignore-reasons.js'
import { importWalls } from './local/lint/import-rules.js'

const readsTheEnvironment = [
  '**/config.ts',
  '**/main.ts',
  'runtime/**',
  'local/**',
  'tests/**',
  'bench/**',
  'deploy/**',
  'sql/migrate.ts',
  '**/*.config.ts',
  '**/*.test.ts',
  '**/*.js',
  '**/*.mjs',
  'contracts/codegen.ts',
]

export default tseslint.config(
  { ignores: ['**/node_modules/', '.urna/', '**/dist/', '**/generated/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Things here are closures without `this`, and a deed may be async only because its port is.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      // It does not see that a callback assigns, nor what arrives from outside.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Matters of taste that the compiler and a reader can bear.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportAllDeclaration',
          message: 'No barrels: import from the file that holds the thing.',
        },
        {
          selector: 'ExportNamedDeclaration[source]',
          message: 'No barrels: import from the file that holds the thing.',
        },
        { selector: 'TSEnumDeclaration', message: 'Use a union of literals: enums are not erasable.' },
      ],
    },
  },
  {
    files: ['**/*.{ts,tsx,js,mjs}'],
    plugins: { urna: { rules: { 'import-walls': importWalls, 'ignore-reasons': ignoreReasons } } },
    rules: { 'urna/import-walls': 'error', 'urna/ignore-reasons': 'error' },
  },
  {
    files: ['**/*.{ts,tsx}'],
    ignores: readsTheEnvironment,
    rules: {
      'no-restricted-globals': [
        'error',
        {
          name: 'process',
          message:
            'Only config.ts, main.ts and runtime/ know the process: take what you need as a parameter.',
        },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:process', message: 'Only config.ts, main.ts and runtime/ know the process.' },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.test.{ts,tsx}', 'tests/**', 'bench/**'],
    rules: {
      // A test looks into answers whose shape is what it judges.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['vote-ui/**/*.{ts,tsx}', 'admin-ui/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
)
