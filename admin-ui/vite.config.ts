/** How the control room is built, and served while it is being written. */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const gateway = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:3000'

export default defineConfig({
  root: import.meta.dirname,
  base: '/admin/',
  plugins: [react()],
  server: {
    // The brand lies in vote-ui, the shapes in contracts.
    fs: { allow: ['..'] },
    proxy: { '/trpc': gateway, '/graphql': gateway },
  },
})
