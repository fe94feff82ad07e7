/** Which of two frames to show: the line may deliver an old one late, and numbers must never jump back. */
export function newer<Frame extends { readonly version: number }>(shown: Frame | null, came: Frame): Frame {
  return shown !== null && came.version < shown.version ? shown : came
}
