/** The last minute of a number, as a line. */

interface SparklineParts {
  readonly values: readonly number[]
  /** How many values fill the width: fewer begin at the right. */
  readonly width: number
  readonly label: string
}

const height = 40

export function Sparkline({ values, width, label }: SparklineParts) {
  const most = Math.max(1, ...values)
  const begin = width - values.length
  const points = values.map(
    (value, i) => `${begin + i},${(height - (value / most) * (height - 2) - 1).toFixed(1)}`,
  )
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width - 1} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {values.length > 1 && (
        <>
          <polygon
            points={`${begin},${height} ${points.join(' ')} ${width - 1},${height}`}
            className="sparkline-area"
          />
          <polyline points={points.join(' ')} className="sparkline-line" vectorEffect="non-scaling-stroke" />
        </>
      )}
    </svg>
  )
}
