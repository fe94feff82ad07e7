/** How the vote screens are built; `npm run dev` serves them while they are being written. */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react()],
  // Pictures stay files: a data URI would need a hole in the content security policy.
  build: { target: 'es2022', assetsInlineLimit: 0 },
})
