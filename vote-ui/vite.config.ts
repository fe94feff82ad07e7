/** How the vote screens are built, and where a developer's own server finds the gateway. */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const gatewayUrl = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:3000'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react()],
  // Pictures stay files: a data URI would need a hole in the content security policy.
  build: { target: 'es2022', assetsInlineLimit: 0 },
  server: { proxy: { '/trpc': gatewayUrl, '/graphql': gatewayUrl } },
})
