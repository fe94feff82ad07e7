import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
const target = process.env['GATEWAY_URL'] ?? ''
const to = { target, changeOrigin: true, headers: { origin: target } }
export default defineConfig({ root: import.meta.dirname, base: '/admin/', cacheDir: '/tmp/w5/h6-vite-cache', plugins: [react()], server: { fs: { allow: ['..', '/work'] }, proxy: { '/trpc': to, '/graphql': to } } })
