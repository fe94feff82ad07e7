/** Draws each .dot of this folder as an SVG that is readable by day and by night: a step of `npm run generate`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { instance } from '@viz-js/viz'

// GitHub shows a picture on a page of either colour: it brings its own ground, and follows the reader's system.
const style = `
    svg { --ground: #fbfaf7; --ink: #1d2229; --soft: #5c6470; --line: #7b8490; --frame: #c9ced6;
      --people: #fff; --process: #e7f0fb; --process-line: #3f78b8; --store: #fdf1dc; --store-line: #b07a1c;
      --vote: #b3261e; --count: #1d7a4c }
    @media (prefers-color-scheme: dark) {
      svg { --ground: #14181d; --ink: #eef1f5; --soft: #a5afbb; --line: #8b95a1; --frame: #3a424d;
        --people: #1f252d; --process: #17283c; --process-line: #6ea8e6; --store: #33270f; --store-line: #d9a343;
        --vote: #ff8a80; --count: #69d39b } }
    text { fill: var(--ink); font-family: Helvetica, Arial, sans-serif }
    text[fill='#777777'] { fill: var(--soft) }
    .ground { fill: var(--ground); stroke: none }
    .node path, .node polygon, .node polyline { stroke-width: 1.4 }
    .people path { fill: var(--people); stroke: var(--line) }
    .process path { fill: var(--process); stroke: var(--process-line) }
    .store path { fill: var(--store); stroke: var(--store-line) }
    .cluster path { fill: none; stroke: var(--frame); stroke-dasharray: 5 4 }
    .cluster text { fill: var(--soft) }
    .edge path { stroke: var(--line); stroke-width: 1.3 }
    .edge polygon { fill: var(--line); stroke: var(--line) }
    .edge.vote path, .edge.vote polygon { stroke: var(--vote) }
    .edge.vote polygon { fill: var(--vote) }
    .edge.vote path, .edge.count path { stroke-width: 1.9 }
    .edge.count path, .edge.count polygon { stroke: var(--count) }
    .edge.count polygon { fill: var(--count) }
    .edge text { fill: var(--soft) }
    .edge.vote text { fill: var(--vote) }
    .edge.count text { fill: var(--count) }
  `

// Boxes are measured by Helvetica, which not every system has: letters are drawn smaller than their place.
const scale = 0.87

/** A line of a label in the middle of its box, however wide its letters turn out to be. */
function centre(node: string): string {
  const path = /<path [^>]*d="([^"]*)"/.exec(node)?.[1] ?? ''
  const across = [...path.matchAll(/(-?[\d.]+),-?[\d.]+/g)].map(([, x]) => Number(x))
  const middle = (Math.min(...across) + Math.max(...across)) / 2
  return node.replaceAll(/text-anchor="start" x="[^"]*"/g, `text-anchor="middle" x="${middle.toFixed(2)}"`)
}

const folder = import.meta.dirname
const viz = await instance()
for (const name of readdirSync(folder).filter((file) => file.endsWith('.dot'))) {
  const drawn = viz.renderString(readFileSync(join(folder, name), 'utf8'), { format: 'svg' })
  const svg = drawn
    .slice(drawn.indexOf('<svg'))
    // In pixels; who shows it on something narrower shrinks it.
    .replace(/<svg width="(\d+)pt" height="(\d+)pt"/, '<svg role="img" width="$1" height="$2"')
    .replace(/<title>[^<]*<\/title>\n?/g, '')
    .replace(/<polygon fill="white" stroke="none"/, '<polygon class="ground"')
    .replaceAll(/<g id="node\d+"[\s\S]*?<\/g>/g, centre)
    .replaceAll(/font-size="([\d.]+)"/g, (_, size) => `font-size="${(Number(size) * scale).toFixed(1)}"`)
    .replace('>', `>\n  <style>${style}</style>`)
  writeFileSync(join(folder, name.replace(/\.dot$/, '.svg')), svg)
}
