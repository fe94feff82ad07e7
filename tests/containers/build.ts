/** Builds our image into a folder, and writes down what it is. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildImage } from './build-image.ts'

const [checkout = '', folder = ''] = process.argv.slice(2)
const image = await buildImage(checkout, join(folder, 'layers/image'))
writeFileSync(join(folder, 'image.json'), JSON.stringify(image))
