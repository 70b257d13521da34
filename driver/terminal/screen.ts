/** A terminal: what of a stream is needed to draw on it. */
export interface Terminal {
  write(text: string): unknown;
  /** Absent where they are not known. */
  readonly columns?: number;
  readonly rows?: number;
}

const escape = "\u001b";
/** An escape sequence that paints, which takes no room. */
const painted = new RegExp(`${escape}\\[[0-9;]*m`, "g");

/** Lines at the bottom of a terminal that are drawn again in their place. The cursor stays below them. */
export class Screen {
  private drawn: readonly string[] = [];

  constructor(private readonly terminal: Terminal) {}

  get width(): number {
    return this.terminal.columns ?? 80;
  }

  /** Takes the place of what was drawn before. No more than the terminal has room for is drawn. */
  draw(lines: readonly string[]): void {
    const room = Math.max(1, (this.terminal.rows ?? 24) - 1);
    const fitting = lines.slice(0, room).map((line) => cut(line, this.width));
    const text = fitting.map((line) => `${line}${escape}[K\n`).join("");
    this.terminal.write(`${this.toTop()}${text}${escape}[J`);
    this.drawn = fitting;
  }

  /** Writes what stays, above what is drawn. */
  print(text: string): void {
    const { drawn } = this;
    this.erase();
    this.terminal.write(`${text}\n`);
    if (drawn.length > 0) this.draw(drawn);
  }

  erase(): void {
    if (this.drawn.length > 0) this.terminal.write(`${this.toTop()}${escape}[J`);
    this.drawn = [];
  }

  /** To where the lines begin. A terminal that has become narrower has broken those that no longer fit. */
  private toTop(): string {
    const rows = this.drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(lengthOf(line) / this.width)), 0);
    return rows === 0 ? "" : `\r${escape}[${rows}A`;
  }
}

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function charactersOf(text: string): string[] {
  return Array.from(characters.segment(text), ({ segment }) => segment);
}

/** How many characters of a line are seen. */
function lengthOf(line: string): number {
  return charactersOf(line.replace(painted, "")).length;
}

/** As much of a line as so many columns show; what paints it is kept, so that paint ends where it would. */
export function cut(line: string, width: number): string {
  if (lengthOf(line) <= width) return line;
  if (width <= 1) return "…".slice(0, width);
  let left = width - 1;
  const parts = line.split(new RegExp(`(${painted.source})`)).map((part, index) => {
    if (index % 2 === 1) return part;
    const shown = charactersOf(part).slice(0, left);
    const ends = left > 0 && shown.length === left;
    left -= shown.length;
    return shown.join("") + (ends ? "…" : "");
  });
  return parts.join("");
}
