/** One of the two sides of a release. */
export type Color = "blue" | "green";

/** Both colors, in the order in which they are listed everywhere. */
export const colors = ["blue", "green"] as const satisfies readonly Color[];

/** The color that is not `color`. */
export function otherColor(color: Color): Color {
  return color === "blue" ? "green" : "blue";
}

/** A value of each color, built by calling `value` once per color. */
export function perColor<T>(value: (color: Color) => T): Readonly<Record<Color, T>> {
  return { blue: value("blue"), green: value("green") };
}
